/* Offers the page at its head in the reader's own language, where the foot has it. Everything works without. */

"use strict";

const shown = document.documentElement.lang;
const offered = new Map([...document.querySelectorAll("footer .languages a")].map((link) => [link.hreflang, link]));
const wanted = navigator.languages.map((code) => code.split("-")[0]).find((code) => code === shown || offered.has(code));
if (offered.has(wanted)) document.querySelector("header.site").append(offered.get(wanted).cloneNode(true));
