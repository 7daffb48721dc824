// Asks the browser for a passkey, or to make one, and sends its answer with the form; without support it says so.
const SENTENCES = {
  missing: "这个浏览器不支持通行密钥，请改用认证器上的数字。",
  refused: "没有完成。请再试一次，或改用认证器上的数字。",
};

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const listed = (rows) => (rows || []).map((row) => ({ ...row, id: bytes(row.id) }));

function wanted(options) {
  const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  if (key.allowCredentials) key.allowCredentials = listed(key.allowCredentials);
  if (key.excludeCredentials) key.excludeCredentials = listed(key.excludeCredentials);
  return { publicKey: key };
}

function answered(credential) {
  const from = credential.response;
  const response = { clientDataJSON: text(from.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (from[name]) response[name] = text(from[name]);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function ask(form, options) {
  const said = form.querySelector("[data-passkey-says]");
  if (!window.PublicKeyCredential) {
    said.textContent = SENTENCES.missing;
    return;
  }
  try {
    const makes = form.dataset.passkey === "make";
    const credential = await (makes ? navigator.credentials.create(wanted(options)) : navigator.credentials.get(wanted(options)));
    form.elements.credential.value = JSON.stringify(answered(credential));
    form.submit();
  } catch {
    said.textContent = SENTENCES.refused;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const options = JSON.parse(document.getElementById("passkey-options").textContent);
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form, options);
  });
}
