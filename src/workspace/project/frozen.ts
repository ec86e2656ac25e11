import path from 'node:path';

const frozenFolder = /(^|\/)(tests?|specs?|__tests__|__mocks__|node_modules|\.git)\//;
const frozenName =
  /(^|\/)(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|\.npmrc|\.mocharc(\.\w+)?|\.nycrc(\.\w+)?|\.c8rc(\.\w+)?|\.babelrc|babel\.config\.\w+|(jest|vitest|ava|karma|playwright)\.config\.\w+|tsconfig[\w.-]*\.json|[^/]*[._-](test|spec|tests|specs)\.[cm]?[jt]sx?)$/;

/** Tests, their configuration and package files: a fix must come from the code, so no candidate may change these. */
export function isFrozen(file: string, testFiles: readonly string[]): boolean {
  return testFiles.includes(file) || frozenFolder.test(file) || frozenName.test(file);
}

/** A file name as the contract wants it (relative, forward slashes), or null if it would leave the project. */
export function insideProject(file: string): string | null {
  const normal = path.posix.normalize(file.split(path.sep).join('/'));
  if (path.isAbsolute(file) || normal.startsWith('../') || normal === '..' || normal === '.' || normal.includes('\0'))
    return null;
  return normal;
}
