// The worker that runs onnxruntime-web, apart from the engine so that its 14 MB never delay a bar.

import { expose } from 'comlink';
import { OnnxService } from '../src/runtime/onnx-service.ts';
import { fetchModels } from '../src/runtime/page-models.ts';

expose(new OnnxService(fetchModels));
