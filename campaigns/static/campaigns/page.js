/* The comfort of the public pages. Everything works without. */

"use strict";

/* Offers the page at its head in the reader's own language, where the foot has it. */
const shown = document.documentElement.lang;
const offered = new Map([...document.querySelectorAll("footer .languages a")].map((link) => [link.hreflang, link]));
const wanted = navigator.languages.map((code) => code.split("-")[0]).find((code) => code === shown || offered.has(code));
if (offered.has(wanted)) document.querySelector("header.site").append(offered.get(wanted).cloneNode(true));

/* Copies and shares where this browser can; each button shows only then. */
for (const button of document.querySelectorAll("[data-copy]")) {
  const told = button.nextElementSibling;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    told.textContent = "";
    await navigator.clipboard.writeText(button.dataset.copy);
    told.textContent = told.dataset.done;
  });
}
for (const button of document.querySelectorAll("[data-share]")) {
  const { share: url, title } = button.dataset;
  button.hidden = !navigator.share;
  button.addEventListener("click", () => navigator.share({ title, url }).catch(() => {}));
}

/* Shows of a whole list the names that have what is typed. */
const found = document.querySelector("#found[data-shown]");
if (found) {
  const bare = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const names = [...document.querySelectorAll(".names li")].map((item) => {
    const called = [...item.querySelectorAll("bdi[dir]")].map((name) => name.textContent);
    return { item, text: bare(called.join(" ")) };
  });
  document.querySelector(".find [type=search]").addEventListener("input", ({ target }) => {
    const words = bare(target.value).split(/\s+/);
    for (const { item, text } of names) item.hidden = !words.every((word) => text.includes(word));
    const left = names.filter(({ item }) => !item.hidden).length;
    found.textContent = found.dataset.shown.replace("{shown}", left).replace("{all}", names.length);
  });
}
