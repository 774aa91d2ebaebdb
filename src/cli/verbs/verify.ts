// gm verify: replays a journal on this machine and says whether it is what this engine does.

import { kernelHash } from '#kernel';
import { verifyWithData } from '../../backtest/compare-data.ts';
import { fromHex } from '../../core/bytes.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import { openEngineFor } from '../../engine/open.ts';
import type { Verification, Verifier } from '../../engine/verify.ts';
import { verifyJournal } from '../../engine/verify.ts';
import { openJournal, readMarket } from '../files.ts';
import { MODELS_OPTION, modelsFrom } from '../models.ts';
import { Progress } from '../progress.ts';
import { EXIT_BAD_INPUT, EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Verb } from '../verb.ts';

export const verifyVerb: Verb = {
  name: 'verify',
  summary: 'replay a journal and name the first place where it is not what this engine does',
  usage: 'JOURNAL',
  options: {
    models: MODELS_OPTION,
    data: {
      metavar: 'FILE',
      many: true,
      help: 'also compare the bars with their source file, in symbol order',
    },
  },
  examples: ['verify out/nq.gmj', 'verify out/nq.gmj --data bars.csv.gz --json'],
  async run(args, output) {
    const [path] = args.positionals;
    if (path === undefined || args.positionals.length > 1) {
      output.note('gm verify: give one JOURNAL. See gm verify --help');
      return EXIT_BAD_INPUT;
    }
    const models = await modelsFrom(args.text('models'));
    const tables = await Promise.all(args.texts('data').map(readMarket));
    const progress = new Progress(output, 'events');
    const store = await openJournal(path);
    let result: Verification;
    try {
      const verifier: Verifier = {
        hasher: await loadKernel(),
        kernelHash: fromHex(kernelHash),
        engineFor: (header) => openEngineFor(header, models),
        onProgress: (events) => progress.report(events, null),
      };
      const chunks = store.chunks();
      result =
        tables.length > 0
          ? await verifyWithData(chunks, verifier, tables)
          : await verifyJournal(chunks, verifier);
    } finally {
      await store.close();
    }
    if (args.flag('json')) output.print(JSON.stringify(result));
    else output.print(`${result.ok ? 'ok' : 'NOT OK'}: ${result.message}`);
    return result.ok ? EXIT_OK : EXIT_FOUND_WRONG;
  },
};
