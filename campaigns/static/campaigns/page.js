/* Offers the page at its head in the reader's own language, where the foot has it, and shows of a whole list the names
   that have what is typed. Everything works without. */

"use strict";

const shown = document.documentElement.lang;
const offered = new Map([...document.querySelectorAll("footer .languages a")].map((link) => [link.hreflang, link]));
const wanted = navigator.languages.map((code) => code.split("-")[0]).find((code) => code === shown || offered.has(code));
if (offered.has(wanted)) document.querySelector("header.site").append(offered.get(wanted).cloneNode(true));

const found = document.querySelector("#found[data-shown]");
if (found) {
  const bare = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const names = [...document.querySelectorAll(".names li")].map((item) => ({ item, text: bare(item.textContent) }));
  document.querySelector(".find [type=search]").addEventListener("input", ({ target }) => {
    const words = bare(target.value).split(/\s+/);
    for (const { item, text } of names) item.hidden = !words.every((word) => text.includes(word));
    const left = names.filter(({ item }) => !item.hidden).length;
    found.textContent = found.dataset.shown.replace("{shown}", left).replace("{all}", names.length);
  });
}
