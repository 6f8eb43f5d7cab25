// @ts-check
/**
 * Buttons that copy: `data-copy="#id"` the text of an element, `data-copy="note"` the answer as
 * plain text, which the form itself gives. Browsers allow it on secure pages.
 */
import { say } from "./status.js";
import { fieldsOf, isAnother } from "./swap.js";

document.addEventListener("click", async (event) => {
  const button = /** @type {Element} */ (event.target).closest?.("button[data-copy]");
  if (!(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const isNote = button.dataset.copy === "note";
  if (isNote && button.form && isAnother(button.form)) {
    say("The line or the record was changed: ask first.");
    return;
  }
  try {
    await copy(isNote ? note(button) : textOf(button.dataset.copy ?? ""));
    say("Copied.");
  } catch {
    say(`The browser did not let it be copied${isNote ? "; the download has the same" : ""}.`);
  }
});

/** @param {string} selector */
async function textOf(selector) {
  return document.querySelector(selector)?.textContent?.trim() ?? "";
}

/** The same bytes as the download has. @param {HTMLButtonElement} button */
async function note(button) {
  const form = button.form ?? document.querySelector("form");
  if (!form) throw new Error("no form");
  const fields = fieldsOf(form);
  fields.append("do", "text");
  const reply = await fetch(form.action.split("#")[0], { method: "POST", body: fields, cache: "no-store" });
  if (!reply.ok) throw new Error(String(reply.status));
  return reply.text();
}

/** Into the clipboard; the click has to be near, so the text may come later. @param {Promise<string>} text */
async function copy(text) {
  const blob = text.then((said) => new Blob([said], { type: "text/plain" }));
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}
