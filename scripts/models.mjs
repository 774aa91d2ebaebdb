// Writes models/*.onnx and their cards: the core voters fitted on the simulated market, then the risk and the
// execution policy trained on what the voters' decisions came to; the same bytes every time.
//   --check      writes nothing and fails when a file would change
//   --updates N  passes of the policies' training instead of the shipped number: other models
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ROOT } from './lib/files.mjs';
import { loadKernel } from '../dist/wasm/kernel.js';
import { RECIPES, buildModel, cardText, coreSamples } from '../dist/training/core-models.js';
import { POLICY_FIT } from '../dist/training/policy-fit.js';
import { buildPolicies, policySamples } from '../dist/training/policy-models.js';

process.chdir(ROOT);
const check = process.argv.includes('--check');
const epochs = passes();
const started = performance.now();
const kernel = await loadKernel();
const samples = coreSamples(kernel);
mkdirSync('models', { recursive: true });
let changed = 0;
const voters = {};
for (const recipe of RECIPES) {
  const { file, card } = buildModel(kernel, recipe, samples);
  voters[recipe.agent] = { onnx: file, card: cardText(card) };
  changed +=
    write(`models/${card.file}`, file) +
    write(`models/${recipe.agent}.card.json`, Buffer.from(cardText(card)));
  const { log_loss, log_loss_of_base_rates, accuracy, directional_accuracy, share_directional_votes } =
    card.metrics;
  console.log(
    `${recipe.agent.padEnd(9)} ${card.parameters} parameters, ${card.data.samples} samples; ` +
      `held out (simulated): ` +
      `log loss ${log_loss} (base rates ${log_loss_of_base_rates}), accuracy ${accuracy}, ` +
      `direction ${directional_accuracy}, directional votes ${share_directional_votes}`,
  );
}
const decisions = await policySamples(kernel, voters, (done, of) => {
  if (process.stderr.isTTY) process.stderr.write(`\rdecisions of ${done} of ${of} markets `);
});
if (process.stderr.isTTY) process.stderr.write('\n');
for (const { file, card } of await buildPolicies(kernel, decisions, { ...POLICY_FIT, epochs })) {
  changed +=
    write(`models/${card.file}`, file) + write(`models/${card.name}.card.json`, Buffer.from(cardText(card)));
  const { held_out_decisions, reward, reward_standard_error, reward_all_at_market, reward_best_fixed_rule } =
    card.metrics;
  console.log(
    `${card.name.padEnd(9)} ${card.parameters} parameters, ${card.data.samples} decisions; ` +
      `${held_out_decisions} held out (simulated): reward ${reward} ± ${reward_standard_error} ` +
      `with the other (all at market ${reward_all_at_market}, best fixed rule ${reward_best_fixed_rule})`,
  );
}
console.log(
  `${changed} files ${check ? 'would change' : 'changed'}, ${Math.round(performance.now() - started)} ms`,
);
if (check && changed > 0) process.exit(1);

function passes() {
  const at = process.argv.indexOf('--updates');
  const value = at < 0 ? POLICY_FIT.epochs : Number(process.argv[at + 1]);
  if (Number.isInteger(value) && value >= 1 && value <= 10_000) return value;
  console.error(`npm run models: --updates ${process.argv[at + 1]} is not a whole number from 1 to 10000`);
  process.exit(2);
}

function write(path, bytes) {
  if (existsSync(path) && readFileSync(path).equals(bytes)) return 0;
  if (!check) writeFileSync(path, bytes);
  return 1;
}
