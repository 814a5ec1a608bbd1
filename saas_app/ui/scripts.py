"""The few lines of JavaScript that public pages carry. The build hashes each of them into the page's policy.

Mind that pages are Jinja templates: no two opening braces beside each other, no brace beside % or #.
"""

import json
import re
from pathlib import Path

import reflex as rx

from saas_app import site
from saas_app.core import written
from saas_app.core.words import _


def spoken(code: str, **said: str) -> str:
    """A script with its texts in the reader's language: it holds them as `say.name`."""
    for name, words in said.items():
        code, found = re.subn(rf"\bsay\.{name}\b", lambda _, words=words: quoted(words), code)
        if not found:
            raise ValueError(f"the script does not say {name}")
    return code


def quoted(words: str) -> str:
    """A text as JavaScript writes it, and as it may stand in a Jinja template inside of HTML."""
    return json.dumps(words, ensure_ascii=False).replace("<", "\\u003c").replace("{", "\\u007b")


# Reads numbers as people type and paste them: 1.000,50 € in cents, 3,5 % in percent; NaN for what is none.
TYPED = spoken(
    Path(__file__).with_name("typed.js").read_text(),
    around=written.around_a_sum(site.CURRENCY, site.CURRENCY_SIGN),
)

# The server writes figures as the reader does, within the language of the page (core/habits.py). To whoever reads in
# another language they are foreign, and are written anew; nobody else waits for `Intl`, whose first use takes longest.
# Asked before a browser that translates the page says that it is in another language.
FIGURES = """
const tongue = tag => tag.split("-")[0], foreign = tongue(navigator.language) !== tongue(document.documentElement.lang);
"""

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

# Whoever reaches for a link or a form that leads inside has the app's files on their way before they arrive.
WARM = """
{
  const inside = "a[href^='/login'],a[href^='/signup'],a[href='/dashboard'],form[method=post]";
  let begun = navigator.connection?.saveData;
  const warm = async e => {
    if (begun || !e.target.closest?.(inside)) return;
    begun = true;
    try {
      const link = { rel: "prefetch", crossOrigin: "" };
      for (link.href of await (await fetch("/warm.json")).json())
        document.head.append(Object.assign(document.createElement("link"), link));
    } catch {}
  };
  for (const sign of ["pointerover", "focusin"]) addEventListener(sign, warm);
}
"""

# Show and hide a password, wherever a field with `data-reveals` beside it is or will be.
REVEAL = spoken(
    """
addEventListener("click", e => {
  const button = e.target.closest?.("[data-reveals]");
  if (!button) return;
  const input = document.getElementById(button.dataset.reveals), show = input.type === "password";
  input.type = show ? "text" : "password";
  button.firstChild.textContent = show ? say.hide : say.show;
  button.setAttribute("aria-pressed", show);
});
""",
    hide=_("Hide"),
    show=_("Show"),
)

# A hint that says when its rule is kept.
RULES = """
addEventListener("input", e => {
  const least = e.target.dataset.least;
  if (least) document.getElementById(e.target.id + "-hint").toggleAttribute("data-met", e.target.value.length >= least);
});
"""

# How good a password is, in words, while it is typed. A rough guess of ours; the server looks again, and means it.
STRENGTH = spoken(
    """
const WORDS = [say.weak, say.middling, say.good, say.strong];
const guess = word => {
  let steps = 0;
  for (let at = 1; at < word.length; at++) steps += Math.abs(word.charCodeAt(at) - word.charCodeAt(at - 1)) < 2;
  const kinds = new Set(word.toLowerCase()).size;
  const bits = (word.length - steps) * Math.log2(Math.max(2, kinds));
  return bits < 36 ? 0 : bits < 48 ? 1 : bits < 64 ? 2 : 3;
};
addEventListener("input", e => {
  const place = document.getElementById(e.target.id + "-strength"), least = e.target.dataset.least;
  if (!place || !least) return;
  const missing = least - e.target.value.length, level = missing > 0 ? 0 : guess(e.target.value);
  place.hidden = !e.target.value;
  place.querySelector("meter").value = missing > 0 ? 0.4 : level + 1;
  const said = missing > 0 ? (missing > 1 ? say.many : say.one).replace("{count}", missing) : WORDS[level];
  const words = place.querySelector("span");
  if (words.textContent !== said) words.textContent = said;
});
""",
    weak=_("Too easy to guess"),
    middling=_("Could be better"),
    good=_("Good"),
    strong=_("Strong"),
    many=_("{count} more characters"),
    one=_("{count} more character"),
)

# What is wrong with a field, said when it is left: the server's own words, which are those that a refusal would have.
CHECK = """
addEventListener("focusout", async e => {
  const input = e.target, form = input.form;
  if (!form || !form.dataset.check || !input.value || e.relatedTarget?.type === "submit") return;
  const place = document.getElementById(input.id + "-error");
  if (!place) return;
  const sent = new URLSearchParams(new FormData(form));
  sent.set("field", input.name);
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body: sent });
    const said = await answer.json();
    place.textContent = said.error;
    input.setAttribute("aria-invalid", said.error ? "true" : "false");
  } catch (failed) {
    return;
  }
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


# What pages with a form of their own carry.
FORM_SCRIPTS = (REVEAL, RULES, STRENGTH, CHECK, WAITING, FOCUS_ERROR)


def inline_script(code: str) -> rx.Component:
    """A script that stays in a public page."""
    return rx.el.script(squeeze(code), data_keep="true")


def squeeze(code: str) -> str:
    """Leave out the indentation, and lines that are comments."""
    lines = [line.strip() for line in code.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//"))
