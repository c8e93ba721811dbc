/* The queue's keys, the countdown of Undo, and one sending for one press. Everything works without. */

"use strict";

const OFF = "the desk's keys are off";
const IN_A_FIELD = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
const ONCE = ".decision, .decision form, .undo";
const tick = document.getElementById("keys-on");
let leaving = false;

function remembered() {
  try { return localStorage.getItem(OFF); } catch { return null; }
}

function remember() {
  try { tick.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes"); } catch { /* for this page */ }
}

function showKeys() {
  document.documentElement.classList.toggle("has-keys", tick.checked);
}

/* The letter on the key, small also under Caps Lock, and where the keyboard writes in another script. */
function letter(event) {
  return /^[ -~]$/.test(event.key) ? event.key.toLowerCase() : event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase();
}

function leave() {
  leaving = true;
  setTimeout(() => { leaving = false; }, 10000);
}

function openAndFocus(summary) {
  const details = summary.parentElement;
  details.open = true;
  details.querySelector(details.dataset.focus).focus();
}

/* The choice that has to be made before this button can be pressed. */
function openChoice(element) {
  const radios = [...element.closest("form").querySelectorAll("input[type=radio]")];
  return radios.some((radio) => radio.checked) ? undefined : radios[0];
}

function press(element) {
  const isChoosing = element.matches("[aria-keyshortcuts=a], [aria-keyshortcuts=v]");
  const choice = isChoosing ? openChoice(element) : undefined;
  if (choice) {
    choice.form.classList.add("choosing");
    choice.form.dataset.then = element.getAttribute("aria-keyshortcuts");
    choice.focus();
  } else if (element.matches("#keys-shown summary")) {
    element.click();
  } else if (element.matches("summary")) {
    openAndFocus(element);
  } else {
    if (element.matches("a")) leave();
    element.click();
  }
}

/* Chooses or sends the choice of that key, n for the new one, or the ready-made words, in which the focus is. */
function take(key, focused) {
  const choices = focused.closest(".radioselect");
  const number = Number(key);
  const radio = key === "n" ? choices?.querySelector("[value=new]") : choices?.querySelectorAll("input[type=radio]")[number - 1];
  if (radio) {
    radio.checked = true;
    press(radio.form.querySelector(`[aria-keyshortcuts=${radio.form.dataset.then ?? "a"}]`));
  } else if (!choices && number) {
    focused.closest("details")?.querySelectorAll("[data-digit]")[number - 1]?.click();
  }
}

function onKey(event) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || leaving || !tick?.checked) return;
  if (event.target.closest(IN_A_FIELD)) return;
  const key = letter(event);
  const element = document.querySelector(`[aria-keyshortcuts="${CSS.escape(key)}"]`);
  if (!element && !/^[1-9n]$/.test(key)) return;
  event.preventDefault();
  element ? press(element) : take(key, event.target);
}

function countDown(bar) {
  const left = bar.querySelector(".left");
  const until = performance.now() + bar.dataset.seconds * 1000;
  const timer = setInterval(show, 1000);
  function show() {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    left.textContent = `${seconds} s`;
    if (seconds > 0) return;
    clearInterval(timer);
    bar.remove();
  }
  left.setAttribute("aria-hidden", "true");
  show();
}

if (tick) {
  tick.checked = remembered() === null;
  tick.closest("[hidden]").hidden = false;
  tick.addEventListener("change", () => { remember(); showKeys(); });
  showKeys();
}
document.querySelectorAll(".undo").forEach(countDown);
document.addEventListener("keydown", onKey);
document.addEventListener("submit", (event) => {
  if (event.target.matches(ONCE)) leaving ? event.preventDefault() : leave();
});
window.addEventListener("pageshow", () => { leaving = false; });
