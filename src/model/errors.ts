/** A model folder that cannot be used: damaged, of an unknown kind or too large. The message is for the user. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
