// A scorecard as one static page: no script, no network, no event handler; it opens from a disk and prints.

import type { Kernel } from '../../wasm/kernel.ts';
import type { Scorecard } from '../scorecard.ts';
import { pathSpread } from '../cross-validation.ts';
import { MOMENTUM_DAYS } from '../baselines.ts';
import { equityChart, histogram, underwaterChart } from './charts.ts';
import type { Line } from './charts.ts';
import { dayText, element, counted, escaped, figure, money, percent, textElement } from './markup.ts';
import { STYLE } from './style.ts';
import {
  drawdownTable,
  fitTable,
  foldTable,
  gateTable,
  monthTable,
  pathTable,
  regimeTable,
  rivalTable,
  columns,
  terms,
  tradeTables,
  valueAtRiskTable,
} from './tables.ts';

/**
 * The page of a scorecard.
 *
 * @param kernel  hashes the style sheet for the content security policy
 * @returns       a whole HTML document
 */
export function reportPage(kernel: Kernel, card: Scorecard): string {
  const hash = base64(kernel.sha256(new TextEncoder().encode(STYLE)));
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const title = `${card.symbol}: ${card.verdict.line}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    textElement('title', {}, title),
    `<style>${STYLE}</style></head><body><main>`,
    heading(card),
    verdictCard(card),
    figures(card),
    equityCard(card),
    pair(
      section('Beside what anyone could have done', RIVALS, rivalTable(card)),
      section('Stretches of the file', `Made with ${card.pipeline}.`, foldTable(card)),
    ),
    learning(card),
    section('Months', '', monthTable(card.months)),
    section(
      'Gates, cheapest first',
      'The verdict falls at the first gate that fails; what lies behind it is shown for information.',
      gateTable(card),
    ),
    luck(card),
    pair(
      section(
        'Regimes',
        'As known before each bar; money in quote units, ratios from bar to bar.',
        regimeTable(card),
      ),
      section('Drawdowns', '', drawdownTable(card)),
    ),
    section('Value at risk of the next 30 minutes', VALUE_AT_RISK, valueAtRiskTable(card)),
    section('Turnover, costs and luck', '', turnover(card)),
    section('Trades', '', tradeTables(card)),
    section('Proof', PROOF, proof(card)),
    '</main></body></html>',
  ].join('\n');
}

const RIVALS =
  'Baselines pay the mean cost of a fill of this run; ridge and PPO learn from past returns and are ' +
  'refitted as they walk forward. Worse conditions keep every decision and change what it costs or when it ' +
  'is filled.';
const REFITS =
  'Each stretch was traded with voters that were fitted on what lay before it; labels that look into it ' +
  'are purged and 1 % of the file is embargoed. Every stretch starts with trading enabled and drawdown ' +
  'measured anew.';
const VALUE_AT_RISK =
  'Forecast before each bar, judged after it. Kupiec asks for the right number of breaches, ' +
  'Christoffersen for breaches ' +
  'that do not follow each other; Z2 below −0.7 says losses are larger than forecast; an e-value of 100 ' +
  'refutes at any time.';
const PROOF =
  'The same bars, configuration and build give the same hashes on any host. Figures come from simulated ' +
  'fills on past ' +
  'bars and promise nothing.';

function section(name: string, note: string, content: string): string {
  const remark = note === '' ? '' : textElement('p', { class: 'note' }, note);
  return element('section', { class: 'card' }, textElement('h2', {}, name), remark, content);
}

function pair(left: string, right: string): string {
  return element('div', { class: 'pair' }, left, right);
}

function heading(card: Scorecard): string {
  const span = `${dayText(card.fromMs)} to ${dayText(card.toMs)}, ${money(card.bars)} bars of 5 minutes`;
  const choices = [
    ['auto', 'auto', ' checked'],
    ['light', 'light', ''],
    ['dark', 'dark', ''],
  ].map(
    ([id, name, state]) =>
      `<label><input type="radio" name="theme" id="${id}"${state}>${escaped(name ?? '')}</label>`,
  );
  const warning = card.simulated
    ? element(
        'section',
        { class: 'card simulated' },
        'Simulated market: these bars come from a generator, not from a venue.',
      )
    : '';
  return (
    element(
      'header',
      {},
      element('h1', {}, escaped(card.symbol), textElement('small', {}, span)),
      element('div', { class: 'theme' }, ...choices),
    ) + warning
  );
}

/** Share of the file without a trade at its end from which it is worth a word. */
const SILENT_SHARE = 0.1;

/** Says when trading ended long before the file did. */
function silence({ trades, tally, fromMs, toMs }: Scorecard): string {
  const last = trades[trades.length - 1];
  if (!last || toMs - last.closedAtMs < SILENT_SHARE * (toMs - fromMs)) return '';
  const [rule] = Object.entries(tally.refused).sort(([, a], [, b]) => b - a)[0] ?? [];
  const why = tally.halted
    ? 'the drawdown halt was reached'
    : `no later decision became a trade${rule === undefined ? '' : `; most refusals were ${rule}`}`;
  return ` The last trade closed on ${dayText(last.closedAtMs)}: ${why}. What follows is flat.`;
}

function verdictCard(card: Scorecard): string {
  const { verdict, sharpe } = card;
  const failed = verdict.gates.find(({ name }) => name === verdict.failed);
  const why = failed
    ? `Stopped at the gate “${failed.name}”. Asked: ${failed.asked}. Found: ${failed.found}.`
    : 'Every gate held. It is evidence about this file and this build, not a promise.';
  const length =
    sharpe.days / sharpe.daysPerYear < 6.2
      ? ` The judged part is ${figure(sharpe.days / sharpe.daysPerYear, 1)} years long; a true Sharpe ` +
        `ratio of 1 needs ` +
        'about 6.2 years to be found four times in five, so on short files “no evidence” is the expected ' +
        'answer.'
      : '';
  return element(
    'section',
    { class: verdict.evidence ? 'card verdict good' : 'card verdict' },
    element('p', {}, textElement('strong', {}, verdict.line)),
    textElement('p', {}, why + silence(card) + length),
  );
}

function figures(card: Scorecard): string {
  const { sharpe, tally, turnover: traded, trials } = card;
  const items: [string, string, string][] = [
    ['net return', percent(card.netReturn), `${money(tally.netPnl)} ${card.quote} after costs`],
    [
      'net Sharpe ratio',
      figure(sharpe.annual),
      `95 % of resamples: ${figure(sharpe.low)} to ${figure(sharpe.high)}`,
    ],
    ['probability above 0', figure(sharpe.probabilistic, 3), `over ${sharpe.days} days`],
    [
      'deflated',
      figure(sharpe.deflated, 3),
      `${counted(trials.trials, 'trial')} counted in ${counted(trials.runs, 'run')}`,
    ],
    ['worst drawdown', percent(card.maxDrawdown), 'from the high-water mark'],
    ['trades', String(tally.trades), `${percent(tally.winRate)} won`],
    [
      'turnover',
      `${figure(traded.annual, 0)} ×`,
      `the account a year; exposed ${percent(traded.exposed)} of bars`,
    ],
    ['volatility', percent(card.annualVolatility), 'a year'],
  ];
  return element(
    'div',
    { class: 'figures' },
    ...items.map(([name, value, note]) =>
      element(
        'div',
        {},
        textElement('span', {}, name),
        textElement('b', {}, value),
        textElement('small', {}, note),
      ),
    ),
  );
}

function equityCard({ curve, drawdowns, initial }: Scorecard): string {
  const classes = ['hold', 'momentum'];
  const rivals: Line[] = curve.baselines.map(({ name, equity }, i) => ({
    name,
    className: classes[i] ?? 'hold',
    values: equity,
  }));
  const lines: Line[] = [{ name: 'this run', className: 'own', values: curve.equity }, ...rivals];
  const legend = lines.map(
    ({ name, className }) => `<span><i class="${className}"></i>${escaped(name)}</span>`,
  );
  return element(
    'section',
    { class: 'card' },
    '<h2>Account</h2>',
    element(
      'div',
      { class: 'legend' },
      ...legend,
      `<span><i class="zone"></i>${counted(drawdowns.length, 'drawdown')}</span>`,
    ),
    curve.tsMs.length < 2
      ? '<p class="note">Too few days to draw.</p>'
      : equityChart(curve.tsMs, lines, drawdowns, initial) + underwaterChart(curve.tsMs, curve.drawdown),
  );
}

/** What was refitted as the file went on, and what cross-validation says of it. */
function learning({ fits, crossValidation }: Pick<Scorecard, 'fits' | 'crossValidation'>): string {
  const parts: string[] = [];
  if (fits.length > 0) parts.push(section('Refits', REFITS, fitTable({ fits })));
  if (crossValidation) {
    const { groups, tested, splits } = crossValidation;
    const { low, median, high } = pathSpread(crossValidation);
    const note =
      `Voters refitted on every choice of ${groups - tested} of ${groups} parts, ${splits} in all; ` +
      `the tests make ${counted(crossValidation.paths.length, 'walk')} through the whole file, ` +
      `with Sharpe ratios from ` +
      `${figure(low)} to ${figure(high)}, median ${figure(median)}. Shown, not a gate.`;
    parts.push(section('Cross-validation', note, pathTable(crossValidation)));
  }
  const [left, right] = parts;
  return left !== undefined && right !== undefined ? pair(left, right) : parts.join('');
}

/** Where the run lies among traders and worlds without skill. */
function luck(card: Scorecard): string {
  const { random, worlds, sharpe } = card;
  const untried = '<p class="note">Not reached: an earlier gate had failed.</p>';
  const traders = random
    ? histogram(random.sharpes, sharpe.annual, 'Sharpe ratios of random traders')
    : untried;
  const seeds = worlds ? `seeds ${worlds[0]?.seed ?? 0} to ${worlds[worlds.length - 1]?.seed ?? 0}` : '';
  const nowhere = worlds
    ? histogram(
        worlds.map((world) => world.sharpe),
        sharpe.annual,
        'Sharpe ratios in null worlds',
      )
    : untried;
  return pair(
    section(
      'Random traders',
      random
        ? `${random.sharpes.length} traders with this run's trades at random times and in random ` +
            `directions, costs inside; ` +
            `annual Sharpe ratios, seed ${random.seed}.`
        : '',
      traders,
    ),
    section(
      'Null worlds',
      worlds
        ? `The whole pipeline on ${worlds.length} surrogates of these bars, sign-flipped and ` +
            `phase-randomised in turn, ` +
            `${seeds}; annual Sharpe ratios.`
        : '',
      nowhere,
    ),
  );
}

function turnover({ turnover: traded, tally, sharpe, trials, quote }: Scorecard): string {
  return columns([
    ['value traded', `${figure(traded.annual, 1)} times the account a year`],
    ['mean exposure when in', `${percent(traded.exposure)} of the account`],
    ['mean holding time', `${figure(traded.holdingBars, 0)} bars`],
    ['cost of a fill', `${figure(10_000 * traded.cost)} basis points, fee included`],
    ['fees', `${money(traded.fees)} ${quote}`],
    ['spread, impact, latency', `${money(traded.slippage)} ${quote}`],
    ['decisions', `${tally.decisions}, ${tally.executed} executed`],
    ['refused', refusals(tally.refused)],
    ['momentum baseline', `sign of the last ${MOMENTUM_DAYS} days`],
    [
      'what luck would show',
      `Sharpe ratio ${figure(sharpe.lucky)} for the best of ${counted(trials.trials, 'trial')}`,
    ],
    [
      'days needed',
      sharpe.daysNeeded === null ? 'no number of days: it is not above 0' : String(sharpe.daysNeeded),
    ],
    ['skewness, kurtosis', `${figure(sharpe.skew)}, ${figure(sharpe.kurtosis)} of daily returns`],
    [
      'overfitting',
      trials.overfitting === null
        ? trials.alike
          ? 'trials alike'
          : '–'
        : `probability ${figure(trials.overfitting, 3)}`,
    ],
    ["White's reality check", `p = ${figure(trials.reality, 3)}`],
    ...(trials.unkept > 0 ? [['trials off the record', offRecord(trials)] as [string, string]] : []),
  ]);
}

/** How many trials keep no result, with the reasons that were given. */
function offRecord({ unkept, reasons }: Scorecard['trials']): string {
  return `${unkept} counted without a result${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`;
}

/** Counts by rule, the commonest first. */
function refusals(refused: Scorecard['tally']['refused']): string {
  const rules = Object.entries(refused).sort(([, a], [, b]) => b - a);
  return rules.length === 0 ? 'none' : rules.map(([rule, count]) => `${rule} ${count}`).join(', ');
}

function proof({ proof: hashes }: Scorecard): string {
  return terms(
    [
      ['state', hashes.stateHash],
      ['configuration', hashes.configHash],
      ['bars', hashes.dataHash],
      ['kernel', hashes.kernelHash],
      ['seed', String(hashes.seed)],
    ],
    true,
  );
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const left = bytes.length - i;
    for (let k = 0; k < 4; k++) text += k <= left ? DIGITS.charAt((word >> (18 - 6 * k)) & 63) : '=';
  }
  return text;
}
