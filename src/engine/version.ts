import packageJson from '../../package.json';

/** The version of this build. */
export function version(): string {
  return packageJson.version;
}
