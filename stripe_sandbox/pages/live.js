// Keeps a screen true: asks whether anything changed, and swaps the parts that are marked with data-live.
// Without it every screen works by its forms and links.
"use strict";

const REST = 1000;
const MOVING = 250;
let mark = document.body.dataset.mark;
let moved = document.body.dataset.moving === "yes";

function place(element) {
  if (!element || element === document.body) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.tagName === "A") return `a[href="${CSS.escape(element.getAttribute("href") || "")}"]`;
  if (element.tagName === "BUTTON" && element.form) {
    const action = CSS.escape(element.form.getAttribute("action") || "");
    return `form[action="${action}"] button[value="${CSS.escape(element.value)}"]`;
  }
  return null;
}

async function swap() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(part.id);
    if (!other || other.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement) ? place(document.activeElement) : null;
    part.innerHTML = other.innerHTML;
    if (focused) part.querySelector(focused)?.focus({ preventScroll: true });
  }
  mark = fresh.body.dataset.mark;
}

async function look() {
  let rest = REST;
  const lost = document.getElementById("lost");
  try {
    if (!document.hidden) {
      const pulse = await (await fetch("/pulse")).json();
      if (pulse.mark !== mark) await swap();
      if (moved && !pulse.moving) document.getElementById("told").textContent = "The clock has arrived.";
      moved = pulse.moving;
      if (moved) rest = MOVING;
      lost.hidden = true;
    }
  } catch {
    lost.hidden = false;
  }
  setTimeout(look, rest);
}

document.querySelector("nav [aria-current=page]")?.scrollIntoView({ inline: "center", block: "nearest" });

// A page that shows what was refused is the answer to a form: it must not be swapped for a fresh one.
if (document.body.dataset.mark) setTimeout(look, moved ? MOVING : REST);
document.addEventListener("visibilitychange", () => { if (!document.hidden && document.body.dataset.mark) swap().catch(() => {}); });
