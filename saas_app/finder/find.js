{
  const part = name => document.getElementById("finder" + name);
  const mac = navigator.platform.startsWith("Mac");
  let known = [], asked = 0, at = 0;
  const plain = words => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const mark = next => {
    const lines = [...part("-list").children];
    at = lines.length ? (next + lines.length) % lines.length : 0;
    lines.forEach((line, place) => line.setAttribute("aria-selected", place === at));
    lines[at]?.scrollIntoView({ block: "nearest" });
    if (lines[at]) part("-word").setAttribute("aria-activedescendant", lines[at].id);
    else part("-word").removeAttribute("aria-activedescendant");
  };
  const show = () => {
    const words = plain(part("-word").value).split(/\s+/);
    const fits = known.filter(([label, kind]) => words.every(word => plain(label + " " + kind).includes(word)));
    part("-list").replaceChildren(...fits.map(([label, kind, href], number) => {
      const line = document.createElement("a"), small = document.createElement("small");
      small.textContent = kind;
      line.append(label, small);
      line.setAttribute("role", "option");
      return Object.assign(line, { href, id: "finder-" + number, tabIndex: -1 });
    }));
    part("-said").textContent = fits.length ? "" : say.nothing;
    mark(0);
  };
  const ask = async () => {
    part("-word").value = "";
    part("-word").focus();
    if (Date.now() - asked < 10000) return show();
    const late = setTimeout(() => part("-said").textContent = say.wait, 300);
    try {
      const answer = await fetch("/find");
      if (answer.redirected) return location.reload();
      known = await answer.json();
      asked = Date.now();
      show();
    } catch {
      part("-said").textContent = say.silent;
    }
    clearTimeout(late);
  };
  addEventListener("toggle", e => {
    if (e.target.id === "finder" && e.newState === "open") ask();
  }, true);
  addEventListener("input", e => {
    if (e.target.id === "finder-word" && asked) show();
  });
  addEventListener("keydown", e => {
    const wanted = e.code === "KeyK" && (mac ? e.metaKey && !e.ctrlKey : e.ctrlKey) && !e.altKey && !e.shiftKey;
    if (wanted && !e.repeat && part("")) {
      e.preventDefault();
      part("").togglePopover();
    }
    if (e.target.id !== "finder-word" || e.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) mark(at + step);
    else if (e.key === "Enter") part("-list").children[at]?.click();
    else return;
    e.preventDefault();
  });
}
