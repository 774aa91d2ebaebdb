// The page's only script.
import { startPage } from '../src/terminal/main.ts';

void startPage();
