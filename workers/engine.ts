// The worker that runs engines: sessions and replays.

import { expose } from 'comlink';
import { EngineService } from '../src/runtime/engine-service.ts';
import { fetchModels } from '../src/runtime/page-models.ts';

expose(new EngineService(fetchModels));
