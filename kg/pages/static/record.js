// @ts-check
/**
 * A FHIR record from a file: dropped on the page or chosen, its text goes into the field, where it
 * can be read before it is sent. Nothing is sent by itself.
 */
import { say } from "./status.js";

const MOST = 2_000_000; // bytes of a form that the server takes

/** @returns {HTMLTextAreaElement | null} */
const field = () => document.querySelector("textarea[name=record]");

/** @param {File} file */
async function take(file) {
  const place = field();
  if (!place) return;
  const text = await file.text();
  const problem = problemOf(text);
  if (problem) {
    say(`${file.name} was not taken: ${problem}`);
    return;
  }
  place.value = text;
  const folded = place.closest("details");
  if (folded) folded.open = true;
  place.focus();
  say(`${file.name} was taken: ${contentOf(resourcesOf(text))}. It is sent when you ask.`);
}

/** Why a text is no record that can be sent; nothing if it is one. @param {string} text */
function problemOf(text) {
  if (String(new URLSearchParams({ record: text })).length > MOST) {
    return "it is too long for a form; the command line takes it.";
  }
  try {
    return resourcesOf(text).length ? "" : "it is empty.";
  } catch {
    return "it is not JSON.";
  }
}

/** One JSON value, or one a line; what a Bundle holds counts by itself. @param {string} text */
function resourcesOf(text) {
  try {
    const record = JSON.parse(text);
    return record.entry ?? [record].flat();
  } catch {
    return text.split("\n").filter((line) => line.trim()).map((line) => JSON.parse(line));
  }
}

/** @param {object[]} resources */
const contentOf = ({ length }) => `${length} resource${length === 1 ? "" : "s"}`;

/** @param {DragEvent} event */
const hasFile = (event) => Boolean(field() && event.dataTransfer?.types.includes("Files"));

/** @param {boolean} is */
const invite = (is) => document.documentElement.classList.toggle("dropping", is);

document.addEventListener("dragover", (event) => {
  if (!hasFile(event)) return;
  event.preventDefault();
  invite(true);
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) invite(false);
});
document.addEventListener("drop", (event) => {
  invite(false);
  const files = event.dataTransfer?.files;
  if (!hasFile(event) || !files?.length) return;
  event.preventDefault();
  if (files.length > 1) say("One file at a time: a Bundle can hold all resources.");
  else take(files[0]);
});
document.addEventListener("change", (event) => {
  const chooser = /** @type {HTMLInputElement} */ (event.target);
  if (!chooser.matches?.("input[type=file][data-record]")) return;
  const file = chooser.files?.[0];
  chooser.value = ""; // the text is in the field: the file itself is never sent
  if (file) take(file);
});
