/** Comes first: the page's policy forbids code from text, so the checks of messages must not be compiled. */
import { config } from 'zod';

config({ jitless: true });
