"""The script that speaks with the browser's passkeys. Like those of `ui.scripts` it stands in the page, by its digest.

A form with `data-passkey` is hidden until the script finds that the browser knows passkeys. Sent, it asks that address
what is to be signed, has it signed, and posts the answer in its field `credential` as any form does. What is refused
on the way is said by the server: the form goes off without an answer, and its page comes back with the words.
"""

from saas_app.core.words import _
from saas_app.ui.scripts import spoken

PASSKEYS = spoken(
    """
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = text => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), letter => letter.charCodeAt(0));
  const text = buffer => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
  let waiting = null;
  const ask = async (form, more) => {
    const answer = await fetch(form.dataset.passkey, {method: "POST", redirect: "manual"});
    if (!answer.ok) return null;
    const publicKey = await answer.json();
    publicKey.challenge = bytes(publicKey.challenge);
    if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
    for (const known of [...publicKey.allowCredentials || [], ...publicKey.excludeCredentials || []])
      known.id = bytes(known.id);
    const wanted = Object.assign({publicKey}, more);
    return publicKey.user ? navigator.credentials.create(wanted) : navigator.credentials.get(wanted);
  };
  const send = (form, made) => {
    if (made) {
      const said = made.response;
      form.elements.credential.value = JSON.stringify({
        id: made.id, rawId: made.id, type: made.type, clientExtensionResults: {},
        response: {
          clientDataJSON: text(said.clientDataJSON), attestationObject: text(said.attestationObject),
          authenticatorData: text(said.authenticatorData), signature: text(said.signature),
          userHandle: text(said.userHandle), transports: said.getTransports?.(),
        },
      });
    }
    const box = document.querySelector("form:not([data-passkey]) [name=remember]");
    if (form.elements.remember) form.elements.remember.value = box?.checked ? "1" : "";
    form.submit();
  };
  const say = (form, error) => {
    form.querySelector("[data-said]").textContent = error.name === "InvalidStateError"
      ? say.known : say.none;
  };
  const offer = async form => {
    if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
    waiting = new AbortController();
    const again = setTimeout(() => { waiting.abort(); offer(form); }, 540000);
    try {
      const made = await ask(form, {mediation: "conditional", signal: waiting.signal});
      if (made) send(form, made);
    } catch { clearTimeout(again); }
  };
  document.querySelectorAll("form[data-passkey]").forEach(form => {
    form.hidden = false;
    form.addEventListener("submit", async e => {
      e.preventDefault();
      const button = form.querySelector("button");
      button.disabled = true;
      waiting?.abort();
      try { send(form, await ask(form, {})); } catch (error) { say(form, error); } finally { button.disabled = false; }
    });
    if (form.dataset.offered) offer(form);
  });
})();
""",
    known=_("This device has a passkey for your account already."),
    none=_("Nothing was done: no passkey was used. You can try again, or take another way."),
)
