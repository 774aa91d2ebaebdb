// Writes models/*.onnx and their cards: the core voters fitted on the simulated market, the same bytes every
// time.
//   --check  writes nothing and fails when a file would change
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ROOT } from './lib/files.mjs';
import { loadKernel } from '../dist/wasm/kernel.js';
import { RECIPES, buildModel, cardText, coreSamples } from '../dist/training/core-models.js';

process.chdir(ROOT);
const check = process.argv.includes('--check');
const started = performance.now();
const kernel = await loadKernel();
const samples = coreSamples(kernel);
mkdirSync('models', { recursive: true });
let changed = 0;
for (const recipe of RECIPES) {
  const { file, card } = buildModel(kernel, recipe, samples);
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
console.log(
  `${changed} files ${check ? 'would change' : 'changed'}, ${Math.round(performance.now() - started)} ms`,
);
if (check && changed > 0) process.exit(1);

function write(path, bytes) {
  if (existsSync(path) && readFileSync(path).equals(bytes)) return 0;
  if (!check) writeFileSync(path, bytes);
  return 1;
}
