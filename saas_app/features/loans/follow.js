const form = document.querySelector("form[data-follow]");
if (form) {
  const minus = words => words.replace("-", "−");  // as the server writes it
  const write = () => {
    if (!foreign) return;
    const coins = new Intl.NumberFormat(undefined, {
      style: "currency", currency: form.dataset.currency, trailingZeroDisplay: "stripIfInteger",
    });
    const shares = new Intl.NumberFormat(undefined, {maximumFractionDigits: 2});
    for (const each of document.querySelectorAll("[data-money]")) each.textContent = minus(coins.format(each.dataset.money / 100));
    for (const each of document.querySelectorAll("[data-share]")) each.textContent = minus(shares.format(each.dataset.share)) + " %";
    for (const each of document.querySelectorAll("[data-plain]")) each.textContent = minus(shares.format(each.dataset.plain));
  };
  // The server reckons. What it answers to this address takes the place of what is shown, unless a field is wrong.
  const take = page => {
    let wrong = false;
    for (const field of form.querySelectorAll("input")) {
      const there = page.getElementById(field.id), says = page.getElementById(field.id + "-error");
      field.setAttribute("aria-invalid", there.getAttribute("aria-invalid"));
      document.getElementById(field.id + "-error").textContent = says.textContent;
      wrong ||= there.getAttribute("aria-invalid") === "true";
    }
    const old = document.querySelector("[data-before]"), answered = document.querySelector("[data-answer] [data-share]");
    old.textContent = wrong && answered ? old.dataset.before : "";
    if (wrong) return;
    for (const each of document.querySelectorAll("[data-answer]")) {
      each.replaceChildren(...page.getElementById(each.id).childNodes);
    }
    write();
  };
  let newest = 0, soon;
  const follow = async () => {
    const mine = ++newest, address = "?" + new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== newest || !answer.ok) return;
      take(page);
      history.replaceState(null, "", address);
    } catch (failed) {
      return;  // away for a moment; the button still asks
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(follow, 150);
  });
  write();
}
