#!/usr/bin/env node
// Checks proofs of Etiograph against the released ontology, step by step, without a reasoner:
//   kg why 3 --has "multiple myeloma" --lab alp=high --format derivation > proof.json
//   node check-proof.mjs etiograph.ofn proof.json       (- reads a proof a line from stdin)
// It shares no code with what makes the proofs. It cannot check what a proof looked for in vain.
// Exit code: 0 where every proof holds, 1 where one does not, 2 where none was read.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"

const EG = "https://w3id.org/etiograph/id/", CASE = "urn:etiograph:case", ANY = "urn:etiograph:any"
const MEMBER = "urn:etiograph:member:", EXPRESSION = "urn:etiograph:expression:"
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", THING = "http://www.w3.org/2002/07/owl#Thing"
const hash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 16)
const last = (name) => name.replace(/^.*[/#]/, "")
const same = (one, other) => one.join() === other.join()
const need = (holds, problem) => { if (!holds) throw new Error(problem) }

// The ontology in functional syntax. An axiom, and a class that is no name, is called by the hash of its text.
const prefixes = {}, axioms = new Map(), classes = new Map(), notes = new Map()
const TOKEN = /"(?:[^"\\]|\\.)*"(?:\^\^(?:<[^>]*>|[^\s()]+)|@[\w-]+)?|<[^>]*>|\)|[^\s()"<]+\(?/g
const SIGNS = { minInclusive: ">=", minExclusive: ">", maxInclusive: "<=", maxExclusive: "<" }
const FORMS = { ObjectIntersectionOf: "and", ObjectUnionOf: "or", ObjectSomeValuesFrom: "some", ObjectHasValue: "value" }
const KINDS = { SubClassOf: "subclass", EquivalentClasses: "equivalent", ClassAssertion: "type", ObjectPropertyRange: "range",
  ObjectPropertyDomain: "domain", DataPropertyDomain: "domain", SubObjectPropertyOf: "subproperty",
  InverseObjectProperties: "inverse", TransitiveObjectProperty: "transitive", FunctionalDataProperty: "functional" }
const iri = (name) => typeof name !== "string" ? "" : name.startsWith("<") ? name.slice(1, -1) : name.replace(/^(\w*):/, (_, each) => prefixes[each])
const nameOf = (text) => text.startsWith("<") ? text.slice(1, -1) : EXPRESSION + hash(text)
const textOf = (name) => classes.get(name)?.text ?? `<${name}>`
const content = (literal) => literal.replace(/^"([^]*)".*$/, "$1")
const plain = (number) => number.includes(".") ? number.replace(/\.?0+$/, "") : number

const parse = (line) => JSON.parse(line.match(TOKEN).map((each) => each === ")" ? "]"
  : each.endsWith("(") ? `,["${each.slice(0, -1)}"` : `,${JSON.stringify(each)}`).join("").slice(1))

/** The canonical text of a class; what it is made of is kept under its name. */
function canonical(term) {
  if (typeof term === "string") return `<${iri(term)}>`
  const [form, ...args] = term, kind = FORMS[form], role = iri(args[0]), made = {}
  if (kind === "and" || kind === "or") {
    const flat = (terms) => terms.flatMap((each) => each[0] === form ? flat(each.slice(1)) : [canonical(each)])
    const texts = [...new Set(flat(args))].sort()
    if (texts.length === 1) return texts[0]
    Object.assign(made, { [kind]: texts.map(nameOf), text: `${kind}(${texts.join(" ")})` })
  } else if (form === "DataSomeValuesFrom") {
    const place = (name) => args[1].indexOf(`xsd:${name}`), names = Object.keys(SIGNS).filter((name) => place(name) > 0)
    const limits = names.map((name) => [SIGNS[name], plain(content(args[1][place(name) + 1]))])
    Object.assign(made, { role, limits, text: `facet(<${role}> ${limits.map((each) => each.join(" ")).join(", ")})` })
  } else made.text = `${kind}(<${role}> ${canonical(args[1])})`
  classes.set(nameOf(made.text), made)
  return made.text
}

function readAxiom([form, ...rest]) {
  const isNote = (each) => each[0] === "Annotation"
  const noted = (name) => rest.filter((each) => isNote(each) && iri(each[1]) === EG + name).map((each) => iri(each[2]))
  let terms = rest.filter((each) => !isNote(each)), kind = KINDS[form]
  if (terms[0][0] === "ObjectPropertyChain") [kind, terms] = ["chain", [...terms[0].slice(1), terms[1]]]
  const texts = (kind === "type" ? terms.reverse() : terms).map(canonical)
  if (kind === "equivalent" || kind === "inverse") texts.sort()
  const [evidence, denied] = [noted("evidence").filter((each) => each.startsWith(prefixes.st)), noted("counterEvidence")]
  axioms.set(hash([kind, ...texts].join(" ")), { kind, terms: texts.map(nameOf), evidence, denied })
}

function readOntology(path) {
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [, prefix, base] = line.match(/^Prefix\((.*?):=<(.*)>\)$/) ?? [], form = line.slice(0, line.indexOf("("))
    if (base) prefixes[prefix] = base
    if (form in KINDS) readAxiom(parse(line))
    if (form !== "AnnotationAssertion") continue
    const [, property, subject, value] = parse(line), key = `${last(iri(property))} ${iri(subject)}`
    notes.set(key, [...said(key), value.startsWith('"') ? content(value) : iri(value)])
  }
}
const said = (key) => notes.get(key) ?? []
const [word, context] = ["modality", "context"].map((name) => (statement) => said(`${name} ${statement}`)[0])
const strength = (statement) => Number(said(`strength ${word(statement)}`)[0])

// One step: whether a fact (subject, property, value) follows from others by one rule.
const scaled = (number) => BigInt(number.replace(/^(-?\d+)(?:\.(\d{1,100}))?$/, (_, whole, part = "") => whole + part.padEnd(100, "0")))
const keeps = (number, [sign, bound]) => scaled(number) === scaled(bound) ? sign.endsWith("=")
  : (scaled(number) > scaled(bound)) === (sign[0] === ">")
/** Whether every number within some limits keeps to another: one of them is as strict. */
const within = (limits, [sign, bound]) => limits.some(([inner, number]) =>
  inner[0] === sign[0] && keeps(number, [inner.length < sign.length || inner === sign ? sign[0] + "=" : sign, bound]))

/** Whether what is of all parts is of the head too: by an axiom, or by what the classes are made of. */
function implies(parts, head, axiom) {
  const made = classes.get(head) ?? {}, all = parts.map((each) => classes.get(each) ?? {}), [first] = all
  const closer = made.limits && all.every((each) => each.role === made.role) &&
    made.limits.every((each) => within(all.flatMap((part) => part.limits), each))
  if (axiom?.kind === "functional") return closer && axiom.terms[0] === made.role
  if (!axiom) return parts.length > 1 ? made.and?.every((each) => parts.includes(each))
    : closer || first.and?.includes(head) || made.or?.includes(parts[0])
  if (axiom.kind === "domain") return same(axiom.terms, [first.role, head])
  return same(axiom.terms, [parts[0], head]) ? ["subclass", "equivalent"].includes(axiom.kind)
    : axiom.kind === "equivalent" && same(axiom.terms, [head, parts[0]])
}

const RULES = { // [premises], [subject, property, value], axiom; `kind` is that of the axiom
  axiom: (_, [s, , o], axiom) => axiom ? axiom.kind === "type" && same(axiom.terms, [s, o])
    : s.startsWith(MEMBER) && textOf(s.replace(MEMBER, EXPRESSION)).match(/^some\(<[^>]*> (.*)\)$/)[1] === textOf(o),
  conjunction: (from, [s, , o], axiom) => from.length && from.every((each) => each[0] === s && each[1] === TYPE) &&
    (!axiom || axiom.kind === "functional" || from.length === 1) && implies(from.map((each) => each[2]), o, axiom),
  value: ([[x, type, c]], [s, p, o], axiom) => !axiom && x === s && type === TYPE &&
    (textOf(c) === `value(<${p}> <${o}>)` || (textOf(c).startsWith(`some(<${p}> `) && o === c.replace(EXPRESSION, MEMBER))),
  "has-value": ([[x, role, y]], [s, , o], axiom) => !axiom && x === s && textOf(o) === `value(<${role}> <${y}>)`,
  some: ([[x, role, y], [z, type, c] = [y, TYPE, THING]], [s, , o], axiom) => !axiom && x === s && y === z &&
    type === TYPE && textOf(o) === `some(<${role}> ${textOf(c)})`,
  facet: ([[x, role, number]], [s, , o], axiom) => !axiom && x === s && classes.get(o).role === role &&
    classes.get(o).limits.every((each) => keeps(number, each)),
  subproperty: ([[x, role, y]], [s, p, o], { kind, terms }) => kind === "subproperty" && same([x, role, y, p], [s, terms[0], o, terms[1]]),
  inverse: ([[x, role, y]], [s, p, o], { kind, terms }) => kind === "inverse" && same([x, y], [o, s]) && (same([role, p], terms) || same([p, role], terms)),
  chain: ([[x, first, y], [z, second, w]], [s, p, o], { kind, terms: [a, b = a, c = a] }) =>
    ["chain", "transitive"].includes(kind) && same([x, first, y, second, w, p], [s, a, z, b, o, c]),
  domain: ([[x, role]], [s, , o], { kind, terms }) => kind === "domain" && same([x, role, o], [s, ...terms]),
  range: ([[, role, y]], [s, , o], { kind, terms }) => kind === "range" && same([y, role, o], [s, ...terms]),
}
RULES["data-domain"] = RULES.domain
const RELATES = ["value", "subproperty", "inverse", "chain"] // all other rules say of what class something is
/** What a part shows. A member, which an axiom says there is, is of one individual. */
function goalOf({ source, steps }, facts) {
  const known = [], owners = {}
  for (const { fact: { subject, predicate, value }, rule, premises, axiom } of steps) {
    const fact = [subject, predicate, value], from = premises.map((each) => known[each - 1]), text = fact.map(last).join(" ")
    need(!axiom || axioms.has(axiom), `no axiom ${axiom} in the release`)
    need(fact.every((each) => typeof each === "string") && from.every(Boolean), `${text}: its premises do not come before it`)
    const given = (source ? same(fact, [ANY, TYPE, source]) : facts.has(fact.join())) && !fact.join().includes(MEMBER)
    const follows = () => (predicate === TYPE || RELATES.includes(rule)) && RULES[rule](from, fact, axioms.get(axiom))
    need(rule === "given" ? given : follows(), `${text}: not by ${rule} ${axiom}`)
    if (rule === "value" && value.startsWith(MEMBER)) (owners[value] ??= new Set()).add(subject)
    known.push(fact)
  }
  need(known.flat().every((each) => !each.startsWith(MEMBER) || owners[each]?.size === 1), "a member is of one individual")
  return known.at(-1)
}

// A proof: each part fits the conclusion, statements carry it, and together they make up the verdict.

const SPEAKS = ["supportedBy", "arguedAgainstBy", "excludedBy", "leftOpenBy"]
const FOLLOWS = { scope: ["outsideScope"], alert: ["hasAlert"], outcome: ["associatedOutcome"], advice: ["hasAdvice"], class: [],
  "next step": ["evaluationIndicated", "evaluationToConsider", "raisesQuestion"] }
function checkProof({ kind, verdict, iri: about, finding, facts }, { parts: given, statements, strength: weakest }) {
  const start = new Set(facts.map((each) => Object.values(each).join())), premises = statements.map((each) => prefixes.st + each)
  const parts = given.map((each) => ({ ...each, goal: goalOf(each, start), statement: each.statement && prefixes.st + each.statement }))
  const of = (role) => parts.filter((each) => each.role === role), [first] = premises
  const against = of("argued").filter(({ goal }) => ["arguedAgainstBy", "excludedBy"].includes(last(goal[1])))
  const findings = [finding, ...of("shown").map(({ goal }) => goal[2])]
  const tissue = ({ source }) => said(`originOf ${source}`).includes(finding) && said(`ofTissue ${source}`)[0]
  const fits = { // by role: whether a part is about what the conclusion is about
    asked: ({ goal }) => same(goal, [CASE, EG + "hasFinding", finding]),
    shown: ({ goal }) => same(goal.slice(0, 2), [CASE, EG + "hasFinding"]),
    present: ({ goal }) => goal[1] === TYPE && goal[0] !== CASE,
    about: ({ goal, statement }) => same(goal, [CASE, TYPE, statement ? context(statement) : goal[2]]),
    listed: ({ source, goal }) => source === about && same(goal, [ANY, EG + "mayCause", finding]),
    tissue: ({ source, goal }) => source === about && last(goal[1]) === "raisesFrom" && against.some((each) => tissue(each) === goal[2]),
    open: ({ source, goal: [, role, datum] }) => source === about && (last(role) === "presupposes" ||
      (last(role) === "leavesOpen" && findings.some((each) => said(`turnsOn ${each}`).includes(datum)))),
    argued: (each) => SPEAKS.includes(last(each.goal[1])) && findings.includes(each.goal[2]) && (kind === "rule" ? each.goal[2] === about
      : each.source === about || of("tissue").some(({ goal }) => goal[2] === tissue(each))),
    follows: ({ source, goal }) => kind === "class" ? source === about : (FOLLOWS[kind].includes(last(goal[1])) && goal[2] === about &&
      (goal[0] === CASE || of("about").some((each) => said(`offeredFor ${source}`).includes(each.goal[2])))),
  }
  for (const part of parts) {
    const { role, source, goal, statement, steps } = part, what = `${role} ${last(goal[2])}`
    const carriers = steps.map((each) => axioms.get(each.axiom)?.evidence ?? []).filter((each) => each.length)
    const covered = role === "about" || kind === "class" || context(statement) === EG + "Case" || (role === "listed" && of("present").length) ||
      of("about").some((each) => each.statement === statement || (role === "follows" && source && !each.statement))
    need(fits[role](part), `${what} is not about this`)
    need(carriers.every((each) => each.some((one) => premises.includes(one))), `${what}: no premise carries an axiom`)
    need(!statement || (premises.includes(statement) && covered), `${what}: its statement is no premise, or about others`)
    need(!statement || role === "about" || carriers.flat().includes(statement), `${what}: its statement does not say so`)
  }
  const stands = (each) => context(each) && !said(`wasInvalidatedBy ${each}`).length && strength(each) >= strength(first)
  need(premises.every(stands), "a statement is not there, withdrawn, or weaker than the first")
  need(first ? said(`label ${word(first)}`).includes(weakest) : weakest === "", "stronger than its weakest premise")
  need(!facts.some((each) => each.predicate === EG + "hasFinding"), "a finding is no fact that is given")
  const settles = ({ goal, statement }) => last(goal[1]) === "excludedBy" && strength(statement) >= said(`leastStrength ${goal[1]}`)[0]
  const denies = ({ statement }) => of("listed").every((each) => strength(each.statement) < strength(statement)) &&
    [...axioms.values()].some(({ terms, denied }) => terms[0] === about && denied.includes(statement))
  const open = of("open").length, refuted = against.length, supported = of("argued").some(({ goal }) => last(goal[1]) === "supportedBy"), made = {
    cause: { candidate: !refuted && !open, undetermined: !refuted && open, excluded: against.some(settles), "argued against": refuted || of("about").some(denies) },
    origin: { supported: supported && !refuted, "argued against": refuted && !supported, disputed: supported && refuted },
    rule: { "": of("argued").length },
  }[kind] ?? { "": FOLLOWS[kind] && of("follows").length }
  need(made[verdict] && (verdict === "" || of("asked").length) && (kind !== "cause" || of("listed").length), `its parts make up no ${kind} ${verdict}`)
}

const [ontology, ...files] = process.argv.slice(2)
readOntology(ontology)
const texts = files.flatMap((each) => each === "-" ? readFileSync(0, "utf8").split("\n").filter(Boolean) : [readFileSync(each, "utf8")])
let checked = 0
const refused = texts.filter((text, place) => {
  try {
    const found = JSON.parse(text)
    need(found.proofs.length, "there is no proof in it")
    for (const proof of found.proofs) checkProof(found, proof, checked++)
  } catch ({ name, message }) { return console.log(`refused: ${place + 1}: ${name === "TypeError" ? "not of the form of a proof" : message}`) ?? true }
})
console.log(`${texts.length - refused.length} of ${texts.length} hold; ${checked} proofs were checked`)
process.exit(checked ? Number(refused.length > 0) : 2)
