"""What the reader's page does by itself: remembers the place, takes a marked passage over, turns pages by arrow keys.

All of it can be done without: chapters are links, and a passage can be pasted. Like the scripts of `ui.scripts` it
stands in a Jinja template: no two opening braces beside each other, no brace beside % or #.
"""

READER = """
(() => {
  const article = document.querySelector("[data-chapter]");
  if (!article) return;
  const form = document.getElementById("note-form"), offer = document.getElementById("note-offer");
  const resume = +article.dataset.resume;
  if (resume > 1 && !location.hash) document.getElementById("b" + resume)?.scrollIntoView({behavior: "instant"});

  let told = +article.dataset.block, timer = 0;
  const tell = () => {
    const seen = [...article.children].find(each => each.getBoundingClientRect().bottom > 120);
    const block = seen ? +seen.id.slice(1) : 0;
    if (!block || block === told) return;
    told = block;
    const body = new URLSearchParams([["chapter", article.dataset.chapter], ["block", block]]);
    fetch("/library/place", {method: "POST", keepalive: true, body}).catch(() => 0);
  };
  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(tell, 500);
  }, {passive: true});
  document.addEventListener("visibilitychange", () => document.hidden && tell());

  let picked = null;
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    const inside = !selection.isCollapsed && article.contains(selection.anchorNode);
    picked = inside && article.contains(selection.focusNode) ? selection.toString().trim() : "";
    if (picked) {
      const start = selection.getRangeAt(0).startContainer;
      const block = (start.nodeType === 1 ? start : start.parentElement).closest("[data-chapter] > *");
      form.elements.block.value = block ? block.id.slice(1) : "";
    }
    offer.hidden = !picked;
  });
  offer.addEventListener("pointerdown", e => e.preventDefault());
  offer.addEventListener("click", () => {
    form.elements.quote.value = picked;
    offer.hidden = true;
    form.scrollIntoView({block: "center"});
    form.elements.words.focus({preventScroll: true});
  });

  addEventListener("keydown", e => {
    if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || e.target.closest("input, textarea, select")) return;
    const wanted = e.key === "ArrowRight" ? "next" : e.key === "ArrowLeft" ? "prev" : "";
    if (wanted) document.querySelector(`a[rel="${wanted}"]`)?.click();
  });
})();
"""
