"""The few lines of JavaScript that public pages carry. The build hashes each of them into the page's policy.

Mind that pages are Jinja templates: no two opening braces beside each other, no brace beside % or #.
"""

import reflex as rx

# One submit per form, and words that say so; coming back by the back button makes it usable again.
ONCE = """
addEventListener("submit", e => {
  if (e.defaultPrevented) return;
  const form = e.target, button = e.submitter || form.querySelector("[data-busy]");
  if (form.dataset.sent) return e.preventDefault();
  form.dataset.sent = 1;
  if (!button || !button.dataset.busy) return;
  button.dataset.label = button.textContent;
  button.textContent = button.dataset.busy;
  button.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(form => {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach(button => {
    button.textContent = button.dataset.label;
    button.removeAttribute("aria-busy");
  });
}));
"""

# Show and hide a password, wherever a field with `data-reveals` beside it is or will be.
REVEAL = """
addEventListener("click", e => {
  const button = e.target.closest?.("[data-reveals]");
  if (!button) return;
  const input = document.getElementById(button.dataset.reveals), show = input.type === "password";
  input.type = show ? "text" : "password";
  button.firstChild.textContent = show ? "Hide" : "Show";
  button.setAttribute("aria-pressed", show);
});
"""

# A hint that says when its rule is kept.
RULES = """
addEventListener("input", e => {
  const least = e.target.dataset.least;
  if (least) document.getElementById(e.target.id + "-hint").toggleAttribute("data-met", e.target.value.length >= least);
});
"""

# A button that counts down until it may be used again.
WAITING = """
document.querySelectorAll("[data-wait]").forEach(button => {
  const label = button.textContent;
  let left = +button.dataset.wait;
  const tick = () => {
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${label} (${left} s)` : label;
    if (left-- > 0) setTimeout(tick, 1000);
  };
  tick();
});
"""

# After a refused form the first thing that is wrong gets the focus.
FOCUS_ERROR = """
(document.querySelector("[data-first-error]") || document.querySelector('[aria-invalid="true"]'))?.focus();
"""


def inline_script(code: str) -> rx.Component:
    """A script that stays in a public page."""
    return rx.el.script(squeeze(code), data_keep="true")


def squeeze(code: str) -> str:
    """Leave out the indentation."""
    return "\n".join(line.strip() for line in code.splitlines() if line.strip())
