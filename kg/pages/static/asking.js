// @ts-check
/** A question from the form to the server and its answer into the page. */
import { fieldsOf, isUntouched, refocus, takeAnswer, takeForm } from "./swap.js";
import { busy, say } from "./status.js";

const PATIENCE = 400; // milliseconds before anybody is told that an answer takes time

/** @typedef {HTMLButtonElement | null} Button */

/** What the server said in place of a page. */
class Refused extends Error {}

/** @type {AbortController | null} */
let running = null;
let plain = false;

/** Whether the submit that is going on is the browser's own. */
export const isPlain = () => plain;

/**
 * Send the form, and put the answer in its place.
 * @param {HTMLFormElement} form @param {Button} button what was pressed
 * @param {{quietly?: boolean}} [how] quietly: nobody pressed anything, so focus and form stay
 */
export async function ask(form, button, { quietly = false } = {}) {
  running?.abort();
  const mine = (running = new AbortController());
  const sent = fieldsOf(form, button);
  const told = setTimeout(say, PATIENCE, "Asking …");
  busy(true);
  try {
    const page = await pageOf(form.action, sent, mine.signal);
    if (!page) submitPlainly(form, button);
    else if (quietly) showQuietly(page, form, sent, button);
    else show(page, form, sent, button);
  } catch (error) {
    if (mine.signal.aborted) return;
    say(error instanceof Refused ? error.message : "The server was not reached; the form is as it was. Ask again.");
  } finally {
    clearTimeout(told);
    if (running === mine) busy(false);
  }
}

/**
 * The page that comes back; null if it is none that has an answer.
 * @param {string} address @param {URLSearchParams} fields @param {AbortSignal} signal
 */
async function pageOf(address, fields, signal) {
  const reply = await fetch(address.split("#")[0], {
    method: "POST",
    body: fields,
    headers: { Accept: "text/html" },
    cache: "no-store",
    signal,
  });
  const text = await reply.text();
  if (!reply.headers.get("content-type")?.startsWith("text/html")) throw new Refused(detailOf(text, reply.status));
  const page = new DOMParser().parseFromString(text, "text/html");
  if (page.getElementById("answer") && page.getElementById("case")) return page;
  if (!reply.ok) throw new Refused(page.querySelector("main .lead")?.textContent || detailOf("", reply.status));
  return null;
}

/** What a problem says of itself. @param {string} text @param {number} status */
function detailOf(text, status) {
  try {
    return String(JSON.parse(text).detail);
  } catch {
    return `The server could not answer (${status}); the form is as it was.`;
  }
}

/** @param {Document} page */
const wrongIn = (page) => page.querySelector("#case [aria-invalid=true]");

/** @param {Document} page */
const statusOf = (page) => page.getElementById("status")?.textContent?.trim() ?? "";

/**
 * Show what was asked for, and lead to it.
 * @param {Document} page @param {HTMLFormElement} form @param {URLSearchParams} sent @param {Button} button
 */
function show(page, form, sent, button) {
  const isWrong = wrongIn(page);
  const isFree = isUntouched(form, sent, button);
  takeForm(page, form, isFree);
  takeAnswer(page);
  say(statusOf(page));
  if (!isFree) return;
  const wrong = isWrong && document.querySelector("#case [aria-invalid=true]");
  lead(wrong || placeOf(button) || document.getElementById("answer"));
}

/**
 * Show what follows from a change, and leave whoever made it where they are. What could not be
 * read changes no answer.
 * @param {Document} page @param {HTMLFormElement} form @param {URLSearchParams} sent @param {Button} button
 */
function showQuietly(page, form, sent, button) {
  const isWrong = wrongIn(page);
  const at = document.activeElement;
  const isFree = isUntouched(form, sent, button) && (isWrong || !form.contains(at));
  takeForm(page, form, Boolean(isFree));
  if (isFree) refocus(at);
  if (!isWrong) takeAnswer(page);
  if (isWrong) say(`${statusOf(page)} The answer is still the one before.`);
  else say(statusOf(page), "changes");
}

/** The part of the answer that a button leads to, such as a proof. @param {Button} button */
function placeOf(button) {
  const place = button?.hasAttribute("formaction") ? new URL(button.formAction).hash.slice(1) : "";
  return place ? document.getElementById(place) : null;
}

/** Make an element the one that is read next. @param {Element | null} target */
function lead(target) {
  if (!(target instanceof HTMLElement)) return;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  const { top } = target.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) target.scrollIntoView();
}

/** Let the browser do it. @param {HTMLFormElement} form @param {Button} button */
function submitPlainly(form, button) {
  plain = true;
  form.requestSubmit(button);
  plain = false;
}
