// @ts-check
/**
 * The page of queries: runs a query in place, marks where it is wrong, takes an example over.
 *
 * Everything works without it, by the form. The query goes in the body of a request to this server,
 * and nothing of it is kept: no address, no cookie, no storage.
 */

import { createEditor } from "./sparql-editor.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("query-form"));
const field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("query"));
const format = /** @type {HTMLSelectElement} */ (form.elements.namedItem("format"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const runButton = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));
const editor = createEditor(form, field);

/** @type {AbortController | null} */
let running = null;

form.addEventListener("submit", (event) => {
  editor?.save();
  if (format.value !== "html") return;
  event.preventDefault();
  if (running) running.abort();
  else run();
});

document.getElementById("examples")?.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || !link.search || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  take(link.href);
});

markProblem(false);

/** Send the query, and put what comes in place of the result before. */
async function run() {
  running = new AbortController();
  const start = performance.now();
  show(true);
  say("Running.");
  try {
    const page = await pageOf(form.action, {
      method: "POST",
      body: new URLSearchParams(/** @type {any} */ (new FormData(form))),
      signal: running.signal,
    });
    outcome().replaceWith(/** @type {HTMLElement} */ (page.getElementById("outcome")));
    tell(Math.round(performance.now() - start));
  } catch (error) {
    const isStopped = error instanceof DOMException && error.name === "AbortError";
    refuse(isStopped ? "Stopped." : "The server did not answer. Run the query again.");
  } finally {
    running = null;
    show(false);
  }
}

/**
 * Say how much was found in which time, or go to what is wrong.
 * @param {number} milliseconds
 */
function tell(milliseconds) {
  const summary = document.getElementById("summary");
  if (!summary) {
    markProblem(true);
    return;
  }
  summary.textContent = `${summary.textContent?.replace(/\.$/, "")}, in ${milliseconds} ms.`;
  say(summary.textContent);
  summary.scrollIntoView({ block: "nearest" });
}

/**
 * Say in place of a result why there is none.
 * @param {string} reason
 */
function refuse(reason) {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.textContent = reason;
  outcome().replaceChildren(notice);
  say(reason);
}

/**
 * Put the query of an example into the field; the one before comes back with undo.
 * @param {string} address
 */
async function take(address) {
  try {
    const page = await pageOf(address, {});
    const text = /** @type {HTMLTextAreaElement} */ (page.getElementById("query")).value;
    if (editor) editor.write(text);
    else field.value = text;
    outcome().replaceChildren();
    say("The example stands in the field.");
    form.scrollIntoView({ block: "nearest" });
    if (editor) editor.focus();
    else field.focus();
  } catch {
    window.location.assign(address);
  }
}

/**
 * A page of this server as a document, whatever its status.
 * @param {string} address
 * @param {RequestInit} options
 */
async function pageOf(address, options) {
  const response = await fetch(address, { ...options, headers: { Accept: "text/html" } });
  if (!response.headers.get("content-type")?.startsWith("text/html")) throw new Error("no page");
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/**
 * Mark the place that the page says is wrong.
 * @param {boolean} goThere
 */
function markProblem(goThere) {
  const notice = /** @type {HTMLElement | null} */ (outcome().querySelector("[role=alert]"));
  if (goThere) say(notice ? "" : "There is no result."); // a notice announces itself
  const { line, column } = notice?.dataset ?? {};
  if (line && column) editor?.mark(Number(line), Number(column), goThere);
}

/** @param {boolean} isRunning */
function show(isRunning) {
  runButton.textContent = isRunning ? "Stop" : "Run";
  form.setAttribute("aria-busy", String(isRunning));
  document.body.classList.toggle("running", isRunning);
}

/** @param {string} text */
function say(text) {
  status.textContent = text;
}

function outcome() {
  return /** @type {HTMLElement} */ (document.getElementById("outcome"));
}
