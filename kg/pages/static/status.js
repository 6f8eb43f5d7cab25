// @ts-check
/** What happened, said where everybody hears it: in `#status`, which is always in the page. */

/**
 * @param {string} text
 * @param {string} [place] the id of the part of the page that it is about
 */
export function say(text, place) {
  const status = document.getElementById("status") ?? madeStatus();
  status.textContent = text;
  if (!place || !document.getElementById(place)) return;
  const link = document.createElement("a");
  link.href = `#${place}`;
  link.textContent = "Show";
  status.append(" ", link);
}

/** Whether an answer is awaited; the old one stays in its place until then. @param {boolean} is */
export function busy(is) {
  const answer = document.getElementById("answer");
  if (is) answer?.setAttribute("aria-busy", "true");
  else answer?.removeAttribute("aria-busy");
}

/** A page without a place for what happened gets one that is heard and not seen. */
function madeStatus() {
  const made = document.createElement("p");
  made.id = "status";
  made.className = "hidden";
  made.setAttribute("role", "status");
  document.body.append(made);
  return made;
}
