/** Splits one line of CSV into fields. A field in double quotes may hold commas; a doubled quote stands for one. */
export function parseLine(line) {
  const fields = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (quoted && char === '"' && line[i + 1] === '"') {
      field += '"';
      i++;
    } else if (char === '"') {
      quoted = !quoted;
    } else if (char === ',' && !quoted) {
      fields.push(field);
    } else {
      field += char;
    }
  }
  fields.push(field);
  return fields;
}

/** Writes fields as one line of CSV, with quotes where a field needs them. */
export function formatLine(fields) {
  return fields
    .map((field) => {
      const text = String(field);
      return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
    })
    .join(',');
}

/** Objects from lines of CSV, the first of which names the columns; empty lines are skipped. */
export function parseRecords(lines) {
  const [header, ...rows] = lines.filter((line) => line.trim() !== '');
  const names = parseLine(header);
  return rows.map((row) => {
    const fields = parseLine(row);
    return Object.fromEntries(names.map((name, i) => [name, fields[i] ?? '']));
  });
}
