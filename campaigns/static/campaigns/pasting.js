/* Takes along the form of a text that is pasted whole: headings, lists, emphasis, links. Its words come without. */

"use strict";

const text = document.getElementById("id_text");
const markup = document.getElementById("id_html");
const told = document.getElementById("with-its-form");
let pasted = "";

function keep(html) {
  markup.value = html;
  told.hidden = !html;
}

text?.addEventListener("paste", (event) => {
  const isWhole = text.selectionEnd - text.selectionStart === text.value.length;
  const html = event.clipboardData.getData("text/html");
  pasted = isWhole && html.length <= markup.dataset.longest ? html : "";
});
text?.addEventListener("input", (event) => keep(event.inputType === "insertFromPaste" ? pasted : ""));
if (markup?.value) keep(markup.value);
