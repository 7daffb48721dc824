// What the console does beyond plain forms: every page works without this file.

// Quick phrases: one tap puts a phrase into the note beside it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-phrase]");
  if (!button) return;
  const note = document.getElementById(button.dataset.into);
  if (!note) return;
  const text = note.value.trim();
  note.value = text ? `${text}；${button.dataset.phrase}` : button.dataset.phrase;
  note.focus();
});

// A form is sent once; the key in it makes a second sending harmless anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // Going back must find a form that can be sent again.
  window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// A form that answers with a file leaves its page as it is: say that it has done its work.
document.addEventListener("submit", (event) => {
  const after = event.target.querySelector("[data-after]");
  if (!after || event.defaultPrevented) return;
  setTimeout(() => {
    event.target.querySelector("button.primary").disabled = true;
    after.hidden = false;
  }, 1000);
});

// The menu of further pages closes when one goes on elsewhere, or by Escape.
const more = document.querySelector("details.more");
if (more) {
  document.addEventListener("click", (event) => {
    if (!more.contains(event.target)) more.open = false;
  });
  more.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    more.open = false;
    more.querySelector("summary").focus();
  });
}

// Tick or untick everybody in a list.
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all]");
  if (!all) return;
  document.querySelectorAll(`input[name="${all.dataset.all}"]:not(:disabled)`).forEach((box) => {
    box.checked = all.checked;
  });
});

// Work that is done in portions goes on by itself; without this file there is a button.
const portion = document.querySelector("form[data-go-on]");
if (portion) setTimeout(() => portion.requestSubmit(), 200);
