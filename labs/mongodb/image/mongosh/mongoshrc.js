// answer(name, cursor) records the cursor's query as the answer to a question, and
// shows what it finds first. It may be called as often as you like; the last call
// counts. What it records is a file in ~/answers.
{
  const fs = require('fs');
  const path = require('path');
  const folder = path.join(require('os').homedir(), 'answers');

  // Maps, as the driver keeps sort orders, become objects, whose keys stay in order.
  const plain = (value) => value instanceof Map ? Object.fromEntries(value) : value;

  const FIND = ['sort', 'projection', 'limit', 'skip', 'collation', 'hint', 'min', 'max', 'let'];
  const AGGREGATE = ['collation', 'hint', 'let'];

  const options = (given, known) => {
    const kept = {};
    for (const name of known) {
      if (given && given[name] !== undefined && given[name] !== null) kept[name] = plain(given[name]);
    }
    return kept;
  };

  // The query behind a cursor, as the server's command.
  const commandOf = (cursor) => {
    const inner = cursor && cursor._cursor;
    if (inner && inner.pipeline) {
      return { aggregate: inner.namespace.collection, pipeline: inner.pipeline, ...options(inner.aggregateOptions || inner.cursorOptions, AGGREGATE) };
    }
    if (inner && inner.cursorFilter !== undefined) {
      return { find: inner.namespace.collection, filter: inner.cursorFilter || {}, ...options(inner.findOptions, FIND) };
    }
    return null;
  };

  globalThis.answer = function answer(name, cursor) {
    if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
      print('Name the question first: answer("q1", db.orders.find({ … }))');
      return;
    }
    const command = commandOf(cursor);
    if (command === null) {
      print('Give the query itself, without toArray(), forEach() or count: answer("' + name + '", db.orders.find({ … }))');
      return;
    }
    const database = cursor._cursor.namespace.db;
    const first = [];
    while (first.length < 5 && cursor.hasNext()) first.push(cursor.next());
    const more = cursor.hasNext();
    cursor.close();
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, name + '.json'), EJSON.stringify({ name, database, command }, null, 2, { relaxed: false }) + '\n');
    print(first.length === 0 ? 'It finds nothing.' : 'It finds' + (more ? ', first of all:' : ':'));
    for (const document of first) printjson(document);
    if (more) print('… and more.');
    print('Recorded as ' + name + ': ' + EJSON.stringify(command));
  };

  // answers() lists what is recorded.
  globalThis.answers = function answers() {
    const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((file) => file.endsWith('.json')).sort() : [];
    if (files.length === 0) print('Nothing is recorded yet.');
    for (const file of files) {
      const recorded = EJSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
      print(recorded.name + ': ' + EJSON.stringify(recorded.command));
    }
  };
}
