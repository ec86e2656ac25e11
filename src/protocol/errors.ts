/** Error codes of the engine's answers, beside those of JSON-RPC itself (-32700 to -32600). */
export const errorCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** A request came before `initialize` was answered. */
  notInitialized: -32002,
  /** The request was cancelled by the client. */
  cancelled: -32800,
  /** The two ends are of different builds. */
  versionMismatch: -32050,
  /** The model folder can't be used; the message says why and what mends it. */
  modelUnusable: -32051,
  /** Known to the protocol, but this build can't do it. */
  notAvailable: -32052,
  /** The engine is ending; the client may start another and ask again. */
  shuttingDown: -32053,
} as const;

/** How the engine process ends, so that its client can say why. */
export const exitCodes = {
  orderly: 0,
  /** The bytes on standard input are not JSON-RPC frames, so nothing after them can be understood (EX_DATAERR). */
  badFrames: 65,
  /** A bug: an exception nobody caught (EX_SOFTWARE). */
  internalError: 70,
} as const;
