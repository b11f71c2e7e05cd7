// A new backtest: strategy, parameters from its schema, market data, window, capital, costs.

import { createBacktest, getRun } from "../api/runs.js";
import { getStrategy, listSeries, listStrategies } from "../api/strategies.js";
import { h, fill } from "../elements/dom.js";
import { empty, failure, loading } from "../elements/messages.js";
import { instant, utc } from "../elements/times.js";
import { toast } from "../elements/toast.js";
import { choiceControl, field, textControl } from "../forms/fields.js";
import { showProblems } from "../forms/problems.js";
import { schemaForm } from "../forms/schema-form.js";
import { go, heading } from "../shell/router.js";
import { seriesChoice } from "./series-choice.js";

/** The plainest strategy: what a new user sees first. */
const firstChoice = "sma-cross";

export async function show({ present, query, signal }) {
  const [strategies, series, from] = await Promise.all([listStrategies(signal), listSeries(signal), query.get("from") ? getRun(query.get("from"), signal) : null]);
  const past = from?.file ?? {};
  if (!strategies.length) {
    present("New run", heading("New run"), empty("No strategies", "This server was started without any."));
    return;
  }
  const chosen = past.strategy ?? query.get("strategy") ?? (strategies.find(({ name }) => name === firstChoice) ?? strategies[0]).name;
  const problems = h("div");
  const parameters = { holder: h("div", {}, loading()), form: null };
  const general = generalFields(strategies, chosen, past);
  const data = seriesChoice(series, past.data?.series);
  const costs = costFields(past.execution ?? {}, past.seed);
  const submit = h("button", { class: "button primary", type: "submit", "data-needs": "trader", text: "Start the backtest" });

  const showParameters = async (values) => {
    const strategy = await getStrategy(general.strategy.control.value, signal);
    fill(general.about, strategy.summary);
    parameters.form = schemaForm(strategy.schema ?? {}, { key: "parameters", values, instruments: [...new Set(series.map(({ instrument }) => instrument))] });
    fill(parameters.holder, parameters.form.fields.length ? parameters.form.element : h("p", { class: "dim", text: "This strategy has no parameters." }));
    data.suggest(strategy);
  };
  general.strategy.control.addEventListener("change", async () => {
    try {
      await showParameters({});
      general.renew();
    } catch (error) {
      if (!signal.aborted) fill(parameters.holder, failure(error));
    }
  });

  const fields = () => [...general.fields, ...parameters.form.fields, data.field, ...costs.fields];
  const start = async (event) => {
    event.preventDefault();
    const { run, problems: found } = readRun(general, parameters.form, data, costs);
    showProblems(found, fields(), problems);
    if (found.length) return;
    submit.disabled = true;
    try {
      const made = await createBacktest(run);
      toast(`${run.name} was created`, "good");
      go(`/runs/${encodeURIComponent(made.id)}`);
    } catch (error) {
      const told = error.fields?.map((one) => ({ ...one, key: one.key.replace(/^run\./, "") })) ?? [];
      if (told.length) showProblems(told, fields(), problems);
      else { fill(problems, failure(error)); problems.scrollIntoView({ block: "center" }); }
      submit.disabled = false;
    }
  };

  const section = (title, lead, ...content) => h("section", { class: "card form-section" },
    h("div", { class: "section-head" }, h("h2", { text: title }), lead && h("p", { class: "dim small" }, lead)), content);
  present("New run", heading("New run", { eyebrow: h("a", { href: "/runs", text: "Runs" }), lead: "A backtest: past market data, bar by bar. Nothing leaves this machine." }),
    h("form", { class: "stack", novalidate: true, on: { submit: start } }, problems,
      section("Strategy", general.about, h("div", { class: "form-grid" }, general.strategy.element, general.name.element)),
      section("Parameters", "Made from the strategy's schema; what stays as it is keeps its default.", parameters.holder),
      section("Market data", "Which series of the catalogue the run sees, and when it trades.", data.element, h("div", { class: "form-grid" }, general.start.element, general.end.element)),
      section("Capital", "Its asset is the share class: equity and profit are counted in it.", h("div", { class: "form-grid" }, general.amount.element, general.asset.element)),
      section("Execution and costs", "Left empty, each venue's own fees apply.", costs.element),
      h("div", { class: "sticky-bar" }, submit, h("a", { class: "button", href: "/runs", text: "Cancel" }))));
  await showParameters(past.parameters ?? {});
  if (past.data?.series) data.choose(past.data.series);
}

function generalFields(strategies, chosen, past) {
  const about = h("span");
  const strategy = field({ key: "strategy", label: "Strategy", control: choiceControl(strategies.map(({ name }) => name), chosen), required: true });
  const nameOf = () => `${strategy.control.value}-${new Date().toISOString().slice(0, 16).replace(/[-:]/g, "").replace("T", "-")}`;
  const name = field({ key: "name", label: "Name of the run", control: textControl({ value: past.name ? `${past.name}-again` : "", maxlength: "128" }), required: true, hint: "For people; names may repeat." });
  if (!name.control.value) name.control.value = nameOf();
  let isOwn = Boolean(past.name);
  name.control.addEventListener("input", () => { isOwn = true; });
  const moment = (key, label, hint, value) => field({ key, label, hint, control: h("input", { type: "datetime-local", value: value ? utc(value, "minute").replace(" ", "T") : "" }) });
  const start = moment("window.start", "Start, UTC", "Earlier bars warm up indicators. Empty: the first bar.", past.window?.start);
  const end = moment("window.end", "End, UTC", "Exclusive. Empty: after the last bar.", past.window?.end);
  const amount = field({ key: "capital.amount", label: "Capital", control: textControl({ value: past.capital?.amount ?? "100000", inputmode: "decimal" }), required: true });
  const asset = field({ key: "capital.asset", label: "Asset", control: textControl({ value: past.capital?.asset ?? "USDT", autocapitalize: "characters" }), required: true, hint: "As USDT, ETH or BTC." });
  return { about, strategy, name, start, end, amount, asset, fields: [strategy, name, start, end, amount, asset], renew() { if (!isOwn) name.control.value = nameOf(); } };
}

function costFields(past, seed) {
  const fillRule = field({ key: "execution.fill", label: "Fill rule", hint: "At which price a market order of a bar is filled.", control: choiceControl([
    ["next-open", "next-open: open of the next bar"], ["close", "close: of the deciding bar (idealised)"], ["vwap", "vwap: mean of the next bar"], ["worst", "worst: of the next bar"]], past.fill ?? "next-open") });
  const points = (value) => value?.["basis-points"] ?? "";
  const commission = field({ key: "execution.commission", label: "Commission", unit: "bp", hint: "Of each fill's value; 10 is 0.1 %. Empty: the venue's fees.", control: textControl({ value: points(past.commission), inputmode: "decimal" }) });
  const slippage = field({ key: "execution.slippage", label: "Slippage", unit: "bp", hint: "Against the trader, on each market fill.", control: textControl({ value: points(past.slippage) === "" ? "0" : points(past.slippage), inputmode: "decimal" }) });
  const latency = field({ key: "execution.latency", label: "Order latency", hint: "With its unit, as 250ms.", control: textControl({ value: typeof past.latency?.order === "string" ? past.latency.order : "", placeholder: "0ms" }) });
  const seedField = field({ key: "seed", label: "Seed", hint: "Equal seeds give equal runs, byte for byte.", control: textControl({ value: seed ?? "1", inputmode: "numeric" }) });
  const short = field({ key: "execution.short-spot", label: "Selling spot short", control: choiceControl([["allow", "allowed, at no borrowing cost"], ["refuse", "refused"]], past["short-spot"] ?? "allow") });
  const fields = [fillRule, commission, slippage, short, latency, seedField];
  return {
    fields, element: h("div", { class: "form-grid" }, fields.map(({ element }) => element)),
    read() {
      const text = (one) => one.control.value.trim();
      const execution = { fill: text(fillRule), "short-spot": text(short) };
      if (text(commission)) execution.commission = { "basis-points": text(commission) };
      if (text(slippage)) execution.slippage = { "basis-points": text(slippage) };
      if (text(latency)) execution.latency = { order: text(latency) };
      return { execution, seed: text(seedField) };
    },
  };
}

/** The run file as JSON, in the words of the run file. */
function readRun(general, form, data, costs) {
  const { value: parameters, problems } = form.read();
  const text = (one) => one.control.value.trim();
  const { execution, seed } = costs.read();
  const run = {
    name: text(general.name), strategy: text(general.strategy), parameters,
    capital: { amount: text(general.amount), asset: text(general.asset) }, data: { series: data.read() }, execution,
  };
  if (seed) run.seed = seed;
  const window = {};
  for (const name of ["start", "end"]) {
    const given = text(general[name]);
    if (!given) continue;
    const moment = instant(given);
    if (moment) window[name] = moment;
    else problems.push({ key: `window.${name}`, message: "Write a date, as 2024-01-31." });
  }
  if (Object.keys(window).length) run.window = window;
  if (!run.name) problems.push({ key: "name", message: "A name is needed." });
  if (!run.capital.amount) problems.push({ key: "capital.amount", message: "An amount is needed." });
  if (!run.data.series.length) problems.push({ key: "data", message: "Choose at least one series." });
  return { run, problems };
}
