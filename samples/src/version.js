'use strict';

/** Parts of a version such as "1.4.0-beta.2"; null where the text is not a version. */
function parseVersion(text) {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:-([\w.]+))?$/.exec(text);
  if (!match) {
    return null;
  }
  const [, major, minor, patch, tag] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), tag: tag ?? '' };
}

/** Negative, zero or positive as the first version is older, equal or newer; a tagged version is older than the plain one. */
function compareVersions(first, second) {
  const a = parseVersion(first);
  const b = parseVersion(second);
  for (const key of ['major', 'minor', 'patch']) {
    if (a[key] !== b[key]) {
      return a[key] - b[key];
    }
  }
  if (a.tag === b.tag) {
    return 0;
  }
  if (a.tag === '' || b.tag === '') {
    return a.tag === '' ? 1 : -1;
  }
  return a.tag < b.tag ? -1 : 1;
}

/** The next version: the part named goes up by one and those after it become 0. */
function bump(text, part) {
  const version = parseVersion(text);
  if (part === 'major') {
    return `${version.major + 1}.0.0`;
  }
  if (part === 'minor') {
    return `${version.major}.${version.minor + 1}.0`;
  }
  return `${version.major}.${version.minor}.${version.patch + 1}`;
}

/** True if the version may stand in for the wanted one: same major part, and not older. */
function satisfies(version, wanted) {
  const have = parseVersion(version);
  const want = parseVersion(wanted);
  if (have === null || want === null) {
    return false;
  }
  return have.major === want.major && compareVersions(version, wanted) >= 0;
}

/** The newest of the versions, tagged ones only if `tagged` is set; undefined where there is none. */
function newest(versions, tagged = false) {
  const allowed = versions.filter((text) => tagged || parseVersion(text).tag === '');
  return allowed.sort(compareVersions).pop();
}

module.exports = { parseVersion, compareVersions, bump, satisfies, newest };
