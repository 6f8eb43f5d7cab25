#!/usr/bin/env node
// Checks proofs of Etiograph against the released ontology, step by step, without a reasoner:
//   kg why 3 --case case.json --format derivation > proof.json
//   node check-proof.mjs etiograph.ofn proof.json       (- reads a proof a line from stdin)
// It shares no code with what makes the proofs. It cannot check what a proof looked for in vain.
// Exit code: 0 where every proof holds, 1 where one does not, 2 where none was read.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"

const EG = "https://w3id.org/etiograph/id/", CASE = "urn:etiograph:case", ANY = "urn:etiograph:any"
const MEMBER = "urn:etiograph:member:", EXPRESSION = "urn:etiograph:expression:", EG_CASE = `${EG}Case`
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", THING = "http://www.w3.org/2002/07/owl#Thing"
const NAME = /^[^\s<>"]+$/, NUMBER = /^-?\d+(\.\d{1,100})?$/
const hash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 16)
const last = (name) => name.replace(/^.*[/#]/, ""), short = (name) => name.startsWith(EG) ? name.slice(EG.length) : ""
const same = (one, other) => one.length === other.length && one.every((each, place) => each === other[place])
const need = (holds, problem) => { if (!holds) throw new Error(problem) }
const table = (entries) => ({ __proto__: null, ...entries }) // What JavaScript gives every object is in none

// The ontology in functional syntax. An axiom, and a class that is no name, is called by the hash of its text.
const prefixes = {}, axioms = new Map(), classes = new Map(), notes = new Map()
const TOKEN = /"(?:[^"\\]|\\.)*"(?:\^\^(?:<[^>]*>|[^\s()]+)|@[\w-]+)?|<[^>]*>|\)|[^\s()"<]+\(?/g
const SIGNS = { minInclusive: ">=", minExclusive: ">", maxInclusive: "<=", maxExclusive: "<" }
const FORMS = table({ ObjectIntersectionOf: "and", ObjectUnionOf: "or", ObjectSomeValuesFrom: "some", ObjectHasValue: "value" })
const KINDS = table({ SubClassOf: "subclass", EquivalentClasses: "equivalent", ClassAssertion: "type",
  ObjectPropertyRange: "range", ObjectPropertyDomain: "domain", DataPropertyDomain: "domain", SubObjectPropertyOf: "subproperty",
  InverseObjectProperties: "inverse", TransitiveObjectProperty: "transitive", FunctionalDataProperty: "functional" })
const iri = (name) => name[0] === "<" ? name.slice(1, -1) : String(name).replace(/^(\w*):/, (_, each) => prefixes[each])
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
  const noted = (name) => rest.filter(([kind, role]) => kind === "Annotation" && iri(role) === EG + name).map((each) => iri(each[2]))
  let terms = rest.filter((each) => each[0] !== "Annotation"), kind = KINDS[form]
  if (terms[0][0] === "ObjectPropertyChain") [kind, terms] = ["chain", [...terms[0].slice(1), terms[1]]]
  const texts = (kind === "type" ? terms.reverse() : terms).map(canonical)
  if (kind === "equivalent" || kind === "inverse") texts.sort()
  const evidence = noted("evidence").filter((each) => each.startsWith(prefixes.st)), denied = noted("counterEvidence")
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
const scaled = (number) => BigInt(number.replace(/\..*|$/, (part) => part.slice(1).padEnd(100, "0")))
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

const RULES = table({ // [premises], [subject, property, value], axiom; `kind` is that of the axiom
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
  subproperty: ([[x, role, y]], [s, p, o], { kind, terms }) => kind === "subproperty" && same([x, y, role, p], [s, o, ...terms]),
  inverse: ([[x, role, y]], [s, p, o], { kind, terms }) => kind === "inverse" && same([x, y], [o, s]) &&
    (same([role, p], terms) || same([p, role], terms)),
  chain: ([[x, first, y], [z, second, w]], [s, p, o], { kind, terms: [a, b = a, c = a] }) =>
    ["chain", "transitive"].includes(kind) && same([x, first, y, second, w, p], [s, a, z, b, o, c]),
  domain: ([[x, role]], [s, , o], { kind, terms }) => kind === "domain" && same([x, role, o], [s, ...terms]),
  range: ([[, role, y]], [s, , o], { kind, terms }) => kind === "range" && same([y, role, o], [s, ...terms]),
})
RULES["data-domain"] = RULES.domain
const RELATES = ["value", "subproperty", "inverse", "chain"] // all other rules say of what class something is

const HAS = ["hasCondition", "hasObservation", "hasTreatment"], WITH = ["withDrug", "duringTreatment"]
const isOfCase = (name) => name.startsWith(`${CASE}:`)
/** Whether a case can start from a fact: what it has, of what class that is, a number, its sex. No conclusion is one. */
function canBeGiven([subject, property, value]) {
  if (property === TYPE) return subject !== CASE ? isOfCase(subject) && (!value.startsWith(EXPRESSION) || classes.get(value)?.limits)
    : value === EG_CASE || said(`stateOf ${value}`).includes(EG_CASE)
  if (axioms.has(hash(`functional <${property}>`))) return (subject === CASE || isOfCase(subject)) && NUMBER.test(value)
  return isOfCase(value) && (subject === CASE ? HAS : isOfCase(subject) ? WITH : []).includes(short(property))
}

const triple = ({ subject, predicate, value }) => [subject, predicate, value].map(String)
/** What a part shows. A member, which an axiom says there is, is of one individual. */
function goalOf(source, steps, facts) {
  const known = [], owners = {}, start = source ? [[ANY, TYPE, source]] : facts
  for (const { fact: stated, rule, premises, axiom } of steps) {
    const fact = triple(stated), from = premises.map((each) => known[each - 1]), text = fact.map(last).join(" ")
    need(!axiom || axioms.has(axiom), `no axiom ${axiom} in the release`)
    need(fact.every((each) => NAME.test(each)) && from.every(Boolean), `${text}: its premises do not come before it`)
    const follows = () => (fact[1] === TYPE || RELATES.includes(rule)) && RULES[rule](from, fact, axioms.get(axiom))
    need(rule === "given" ? start.some((each) => same(fact, each)) : follows(), `${text}: not by ${rule} ${axiom}`)
    if (rule === "value" && fact[2].startsWith(MEMBER)) (owners[fact[2]] ??= new Set()).add(fact[0])
    known.push(fact)
  }
  need(known.flat().every((each) => !each.startsWith(MEMBER) || owners[each]?.size === 1), "a member is of one individual")
  return known.at(-1)
}

// A proof: each part fits the conclusion, statements carry it, and together they make up the verdict.
const SPEAKS = ["supportedBy", "arguedAgainstBy", "excludedBy", "leftOpenBy"], OF_CASE = ["asked", "shown", "present", "about"]
const FOLLOWS = table({ scope: ["outsideScope"], alert: ["hasAlert"], outcome: ["associatedOutcome"], advice: ["hasAdvice"],
  "next step": ["evaluationIndicated", "evaluationToConsider", "raisesQuestion"] })
/** The class itself, or that of which each member has something. */
const kindOf = (name) => textOf(name).match(/^(?:some\(<[^>]*> )?<([^>]*)>\)?$/)?.[1]

const FITS = table({ // by role: whether a part is about what the conclusion is about; `own` where it is about the row
  asked: ({ says, value }, { finding }) => says === "hasFinding" && value === finding,
  shown: ({ says }) => says === "hasFinding",
  present: ({ says, value }, { about }) => says === TYPE && [about, ...said(`presumes ${about}`)].includes(kindOf(value)),
  about: ({ says, value, statement }) => says === TYPE && (!statement || value === context(statement)),
  listed: ({ own, says, value }, { finding }) => own && says === "mayCause" && value === finding,
  tissue: ({ own, says, value }, { against }) => own && says === "raisesFrom" && against.some(({ tissue }) => tissue === value),
  open: ({ own, says, value }, { findings }) => own && (says === "presupposes" ||
    (says === "leavesOpen" && findings.some((each) => said(`turnsOn ${each}`).includes(value)))),
  argued: ({ own, tissue, says, value }, { kind, about, findings, of }) => SPEAKS.includes(says) && findings.includes(value) &&
    (kind === "rule" ? value === about : own || (kind === "cause" && of("tissue").some((each) => each.value === tissue))),
  follows: ({ own, source, says, value }, { kind, about, of }) => kind === "class" ? own : FOLLOWS[kind].includes(says) &&
    value === about && (!source || of("about").some((each) => said(`offeredFor ${source}`).includes(each.value))),
})

function checkPart(part, proof) {
  const { role, source, subject, value, statement, carried } = part, { kind, about, premises, of } = proof
  const what = `${role} ${last(value)}`, ofCase = subject === CASE || (role === "present" && isOfCase(subject))
  need((role === "follows" || OF_CASE.includes(role) === !source) && (source ? subject === ANY : ofCase) && FITS[role](part, proof),
    `${what} is not about this`)
  const ofSuchCases = kind !== "class" && (role === "argued" || (role === "follows" && !source) ||
    (role === "listed" && !of("present").some((each) => kindOf(each.value) === about)))
  const carries = (each) => premises.includes(each) &&
    (!ofSuchCases || context(each) === EG_CASE || of("about").some((population) => population.value === context(each)))
  need(carried.every((each) => each.some(carries)), `${what}: no premise about such a case carries an axiom`)
  need(!statement || carries(statement), `${what}: its statement is no premise, or about others`)
  need(!statement || role === "about" || carried.flat().includes(statement), `${what}: its statement does not say so`)
}

/** Whether the parts make up a verdict. */
function makesUp(verdict, { kind, about, against, of }) {
  const own = against.filter((each) => each.own), refuted = own.length || of("tissue").length, open = of("open").length
  const settles = ({ says, statement }) => says === "excludedBy" && strength(statement) >= said(`leastStrength ${EG}${says}`)[0]
  const denies = ({ statement }) => of("listed").every((each) => strength(each.statement) < strength(statement) &&
    each.used.some(({ terms, denied }) => terms[0] === about && denied.includes(statement)))
  const supported = of("argued").some(({ says }) => says === "supportedBy")
  return verdict === "" ? (kind === "rule" ? of("argued") : of("follows")).length : of("asked").length && table({
    cause: of("listed").length && table({ candidate: !refuted && !open, undetermined: !refuted && open,
      excluded: own.some(settles), "argued against": refuted || of("about").some(denies) }),
    origin: table({ supported: supported && !refuted, "argued against": refuted && !supported, disputed: supported && refuted }),
  })[kind]?.[verdict]
}

function checkProof({ kind, verdict, iri: about, finding, facts }, { parts: given, statements, strength: weakest }) {
  const start = facts.map(triple), premises = statements.map((each) => prefixes.st + each), [first] = premises
  need(start.every(canBeGiven), "a fact is none that can be given")
  const parts = given.map(({ role, source, statement, steps }) => {
    const [subject, property, value] = goalOf(source, steps, start), says = property === TYPE ? TYPE : short(property)
    const used = steps.map(({ axiom }) => axioms.get(axiom)).filter(Boolean), carried = used.map(({ evidence }) => evidence)
    return { role, source, own: source === about, subject, says, value, used, carried: carried.filter(({ length }) => length),
      statement: statement && prefixes.st + statement, tissue: said(`originOf ${source}`).includes(finding) && said(`ofTissue ${source}`)[0] }
  })
  const of = (...roles) => parts.filter(({ role }) => roles.includes(role)), findings = of("asked", "shown").map(({ value }) => value)
  const against = of("argued").filter(({ says }) => ["arguedAgainstBy", "excludedBy"].includes(says))
  const proof = { kind, about, finding, findings, against, premises, of }
  for (const each of parts) checkPart(each, proof)
  need(premises.every((each) => context(each) && !said(`wasInvalidatedBy ${each}`).length && strength(each) >= strength(first)),
    "a statement is not there, withdrawn, or weaker than the first")
  need(first ? said(`label ${word(first)}`).includes(weakest) : weakest === "", "stronger than its weakest premise")
  need(makesUp(verdict, proof), `its parts make up no ${kind} ${verdict}`)
}

readOntology(process.argv[2])
const texts = process.argv.slice(3).flatMap((each) =>
  each === "-" ? readFileSync(0, "utf8").split("\n").filter(Boolean) : [readFileSync(each, "utf8")])
let checked = 0
const refused = texts.filter((text, place) => {
  try {
    const found = JSON.parse(text)
    need(found.proofs.length, "there is no proof in it")
    for (const proof of found.proofs) checkProof(found, proof, checked++)
  } catch ({ name, message }) {
    return console.log(`refused: ${place + 1}: ${name === "TypeError" ? "not of the form of a proof" : message}`) ?? true
  }
})
console.log(`${texts.length - refused.length} of ${texts.length} hold; ${checked} proofs were checked`)
process.exit(checked ? Number(refused.length > 0) : 2)
