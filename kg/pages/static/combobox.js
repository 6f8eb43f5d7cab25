// @ts-check
/**
 * Names offered under a field with `data-names`: a combobox with a list, as WAI-ARIA has it.
 *
 * The field stays a field: whatever is typed is taken, whether it is offered or not.
 */
import { find, load } from "./names.js";

const MOST = 8;

/** @typedef {import("./names.js").Match} Match */

/** The list of one field; there is one at a time. */
class Combobox {
  /** @param {HTMLInputElement} input */
  constructor(input) {
    this.input = input;
    this.kind = input.dataset.names || "any";
    this.active = -1;
    /** @type {Match[]} */
    this.matches = [];
    this.list = document.createElement("ul");
    this.list.id = "offered-names";
    this.list.className = "names";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Names");
    this.heard = document.createElement("span");
    this.heard.className = "hidden";
    this.heard.setAttribute("role", "status");
    this.plain = input.getAttribute("list") ?? ""; // the browser's own list, for who has no scripts
    input.removeAttribute("list");
    for (const [name, value] of Object.entries(ROLES)) input.setAttribute(name, value);
    input.after(this.list, this.heard);
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // focus stays
    this.list.addEventListener("click", (event) => this.clicked(event));
    load();
  }

  /** Take the list away; the field is as it was. */
  remove() {
    for (const name of Object.keys(ROLES)) this.input.removeAttribute(name);
    this.input.removeAttribute("aria-activedescendant");
    if (this.plain) this.input.setAttribute("list", this.plain);
    this.list.remove();
    this.heard.remove();
  }

  /** Offer what fits what stands in the field. */
  async offer() {
    const typed = this.input.value;
    const terms = await load();
    if (typed !== this.input.value || document.activeElement !== this.input) return;
    this.matches = find(terms, typed, this.kind).slice(0, MOST);
    this.list.replaceChildren(...this.matches.map(optionOf));
    this.move(-1);
    this.open(this.matches.length > 0);
    const count = this.matches.length;
    this.heard.textContent = typed.trim() ? `${count || "No"} ${count === 1 ? "name" : "names"}` : "";
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** @param {boolean} is */
  open(is) {
    this.list.hidden = !is;
    this.input.setAttribute("aria-expanded", String(is));
    if (!is) this.move(-1);
  }

  /** Make one of the options the active one; -1 is none, and leads back to the field. @param {number} place */
  move(place) {
    this.active = place;
    [...this.list.children].forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === place));
      if (at === place) option.scrollIntoView({ block: "nearest" });
    });
    if (place < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", this.list.children[place].id);
  }

  /** Down or up by one, around over the field itself. @param {1 | -1} by */
  step(by) {
    const places = this.matches.length + 1;
    this.move(((this.active + 1 + by + places) % places) - 1);
  }

  /** @param {number} place */
  take(place) {
    this.input.value = this.matches[place].label;
    this.open(false);
    this.heard.textContent = "";
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const option = /** @type {Element} */ (event.target).closest("[role=option]");
    if (option) this.take([...this.list.children].indexOf(option));
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.isOpen && !event.altKey) this.step(event.key === "ArrowDown" ? 1 : -1);
      else if (event.key === "ArrowDown") this.offer();
      else this.open(false);
    } else if (event.key === "Enter" && this.active >= 0) {
      event.preventDefault(); // the name is taken, and nothing is sent yet
      this.take(this.active);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.open(false);
    } else if (event.key === "Tab" && this.active >= 0) {
      this.take(this.active);
    }
  }
}

const ROLES = {
  role: "combobox",
  "aria-autocomplete": "list",
  "aria-expanded": "false",
  "aria-controls": "offered-names",
};

/** @param {Match} match @param {number} place */
function optionOf(match, place) {
  const option = document.createElement("li");
  option.id = `offered-name-${place}`;
  option.setAttribute("role", "option");
  const note = document.createElement("small");
  note.textContent = match.other ? `${match.other} · ${match.kind}` : match.kind;
  option.append(match.label, " ", note);
  return option;
}

/** @type {Combobox | null} */
let open = null;

/** @param {EventTarget | null} target */
function fieldOf(target) {
  return target instanceof HTMLInputElement && target.dataset.names !== undefined ? target : null;
}

document.addEventListener("focusin", (event) => {
  const field = fieldOf(event.target);
  if (open?.input === field && field) return;
  open?.remove();
  open = field && new Combobox(field);
});
document.addEventListener("focusout", (event) => {
  if (open?.input === event.target) open?.open(false);
});
document.addEventListener("input", (event) => {
  if (fieldOf(event.target) && open?.input === event.target) open?.offer();
});
document.addEventListener("keydown", (event) => {
  if (open?.input === event.target) open?.pressed(event);
});
const first = fieldOf(document.activeElement);
if (first) open = new Combobox(first);
