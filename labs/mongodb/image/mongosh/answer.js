// answer(name, cursor) records the cursor's query as the answer to a question, and shows
// what it finds first. It may be called as often as you like; the last call counts. It
// writes to a file in ~/answers. answers() lists the recorded queries.
//
// This is a module of Node's, which gets the shell's global object: mongosh would rewrite
// a script first, and that takes a third of a second at every start. Therefore asynchronous
// functions tell the shell to wait for them (see waitedFor).
const fs = require('node:fs');
const path = require('node:path');
const { isMap } = require('node:util').types;

module.exports = (shell) => {
  const folder = path.join(require('node:os').homedir(), 'answers');
  const { EJSON } = shell;
  const print = (text) => shell.print(text);

  // The questions of the lab: each line is a name, a tab, and how to answer. Nobody knows them in a
  // script outside its shell.
  const questions = (process.env.ENDSTATE_ANSWERS || '').split('\n').map((line) => line.split('\t')[0]).filter(Boolean);

  // The options that change what a query finds.
  const OPTIONS = {
    find: ['projection', 'sort', 'limit', 'skip', 'collation', 'hint', 'min', 'max', 'let'],
    aggregate: ['collation', 'hint', 'let'],
  };

  // A sort order as the server takes it: the shell also takes a field's name, lists of
  // names, lists of pairs, maps, and words for directions.
  const DIRECTIONS = { asc: 1, ascending: 1, '1': 1, desc: -1, descending: -1, '-1': -1 };
  const orderOf = (sort, direction) => {
    const isPair = Array.isArray(sort) && sort.length === 2 && typeof sort[0] === 'string' && sort[1] in DIRECTIONS;
    const pairs = typeof sort === 'string' ? [[sort, direction]]
      : isPair ? [sort]
      : Array.isArray(sort) ? sort.map((one) => (Array.isArray(one) ? one : [one]))
      : isMap(sort) ? [...sort]
      : Object.entries(sort);
    return Object.fromEntries(pairs.map(([field, way = 1]) => [field, DIRECTIONS[way] || way]));
  };

  // A cursor of mongosh remembers how it was made and which methods were called on it. They
  // set options, too.
  const optionsOf = (method, given, chains) => {
    const options = { ...given };
    for (const { method: name, args } of chains) {
      if (name === 'project') options.projection = args[0];
      else if (name === 'sort') options.sort = orderOf(...args);
      else if (name === 'addOption') return null;
      else options[name] = args[0];
    }
    const kept = {};
    for (const name of OPTIONS[method]) {
      if (options[name] !== undefined && options[name] !== null) kept[name] = options[name];
    }
    if (kept.sort) kept.sort = orderOf(kept.sort);
    // The driver sends a negative limit as a limit for a single batch.
    if (kept.limit < 0) Object.assign(kept, { limit: -kept.limit, singleBatch: true });
    return kept;
  };

  // The query behind a cursor, as the server's command.
  const queryOf = (cursor) => {
    const made = cursor && cursor._constructionOptions && (cursor._constructionOptions.options || cursor._constructionOptions);
    if (!made || !['find', 'aggregate'].includes(made.method) || cursor._transform) return null;
    const [database, collection, query, given] = made.args;
    const options = optionsOf(made.method, given, cursor._chains || []);
    if (options === null) return null;
    const command = made.method === 'find'
      ? { find: collection, filter: query || {}, ...options }
      : { aggregate: collection, pipeline: query, ...options };
    return { database, command };
  };

  const firstOf = async (cursor, count) => {
    const documents = [];
    while (documents.length < count && (await cursor.hasNext())) documents.push(await cursor.next());
    const more = await cursor.hasNext();
    await cursor.close();
    return { documents, more };
  };

  const answer = async (name, cursor) => {
    if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
      await print('Name the question first: answer("q1", db.collection.find({ … }))');
      return;
    }
    if (questions.length > 0 && !questions.includes(name)) {
      throw new Error(`There is no question "${name}". The questions: ${questions.join(', ')}`);
    }
    const query = queryOf(cursor);
    if (query === null) {
      await print(`Give the query itself, without toArray(), forEach(), count() or map(): answer("${name}", db.collection.find({ … }))`);
      return;
    }
    const { documents, more } = await firstOf(cursor, 5);
    const file = path.join(folder, `${name}.json`);
    fs.mkdirSync(folder, { recursive: true });
    fs.rmSync(file, { force: true }); // it may be a named pipe, in which nobody would ever read
    fs.writeFileSync(file, EJSON.stringify({ name, ...query }, null, 2, { relaxed: false }) + '\n');
    await print(documents.length === 0 ? 'It finds nothing.' : more ? 'It finds these first:' : 'It finds:');
    for (const document of documents) await shell.printjson(document);
    if (more) await print('… and more.');
    await print(`Recorded as ${name}: ${EJSON.stringify(query.command)}`);
  };

  // The query that a file records, as text. The learner can put anything there.
  const recorded = (file) => {
    try {
      return EJSON.stringify(EJSON.parse(fs.readFileSync(file, 'utf8')).command);
    } catch (error) {
      return `can't be read: ${error.message}`;
    }
  };

  const answers = async () => {
    const entries = fs.existsSync(folder) ? fs.readdirSync(folder, { withFileTypes: true }) : [];
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.json')).map((entry) => entry.name).sort();
    if (files.length === 0) await print('Nothing is recorded yet.');
    for (const file of files) await print(`${path.basename(file, '.json')}: ${recorded(path.join(folder, file))}`);
  };

  const waitedFor = (f) => (...given) => Object.defineProperty(f(...given), Symbol.for('@@mongosh.syntheticPromise'), { value: true });
  Object.assign(shell, { answer: waitedFor(answer), answers: waitedFor(answers) });
};
