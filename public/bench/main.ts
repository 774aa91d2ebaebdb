// The benchmark page's only script.
import { startBenchPage } from '../../bench/page/page.ts';

startBenchPage();
