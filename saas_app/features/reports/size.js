document.getElementById("logo")?.addEventListener("change", (chosen) => {
  const input = chosen.target, tooLarge = input.files[0] && input.files[0].size > LARGEST;
  input.setCustomValidity(tooLarge ? say.smaller : "");
  input.reportValidity();
});
