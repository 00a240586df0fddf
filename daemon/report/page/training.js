// How training went, epoch by epoch.

const RUNS = {1: 'run 1: some incidents kept out', 2: 'run 2: everything', 3: 'run 3: some labelled pairs kept out'};

function sayRuns(runs, best) {
  const chosen = known(best) ? count(best, 'epoch') : 'the number of epochs';
  if (runs.some(run => run.run === 1) && runs.some(run => run.run === 2))
    return `Training ran ${runs.length === 2 ? 'twice' : `${runs.length} times`}: with some incidents kept out, whose curve on the right chose ${chosen}, then on everything${runs.length > 2 ? ', then with some labelled pairs kept out' : ''}.`;
  return runs.length === 1 ? `Training ran once, ${chosen === 'the number of epochs' ? '' : `for ${chosen}, `}with nothing kept out to choose their number by.` : `Training ran ${runs.length} times.`;
}

function trainingPart(data) {
  if (!data.training)
    return part('training', 'How the model learned', 'This model file is older than the record of its epochs: train it again to see loss and validation here.');
  const runs = data.training.runs;
  const epochs = Math.max(...runs.map(run => run.loss.length));
  const curve = (values, colour, dash) => ({colour, dash, points: values.map((value, i) => [i + 1, value])});
  const style = i => [[2, 1, 3][i % 3], DASHES[i % 4]];
  const x = {min: 1, max: Math.max(2, epochs), label: 'epoch', ticks: niceTicks(1, epochs, 6).filter(Number.isInteger)};
  const first = runs[0];
  const measured = [['name of known faults (macro-F1)', first.validation_f1, 2], ['unknown told from known (AUROC)', first.novel_auroc, 1],
    ['made-up faults told from normal (AUROC)', first.made_up_auroc, 1], ['made-up faults named from one example', first.made_up_named, 3]].filter(([, values]) => values);
  const best = data.model.epochs;
  return part('training', 'How the model learned',
    `The loss should fall and then flatten. ${sayRuns(runs, best)}`,
    h('div', {class: 'columns level'},
      h('figure', {}, lineLegend(runs.map((run, i) => ({name: RUNS[run.run] || `run ${run.run}`, colour: style(i)[0], dash: style(i)[1]}))),
        plot({label: 'Loss by epoch', x, y: {...limits([0, ...runs.flatMap(run => run.loss)]), label: 'loss'},
          lines: runs.map((run, i) => curve(run.loss, ...style(i)))})),
      measured.length ? h('figure', {}, lineLegend(measured.map(([name, , colour], i) => ({name, colour, dash: DASHES[i]}))),
        plot({label: 'Validation by epoch, on incidents kept out', x, y: {min: 0, max: 1, label: 'on incidents kept out'},
          lines: measured.map(([, values, colour], i) => curve(values, colour, DASHES[i])),
          rules: known(best) ? [{x: best, text: `${best} epochs chosen`}] : []}))
        : h('p', {class: 'note'}, 'No fault type had two incidents, so nothing could be kept out to validate on.')),
    numbers(runs.map(run => table(RUNS[run.run] || `run ${run.run}`, ['epoch', 'loss', 'd_p', 'd_n', 'rank', 'saturated', 'validation F1', 'unknown AUROC', 'made-up AUROC'],
      run.loss.map((loss, i) => [String(i + 1), loss, ...[run.d_p, run.d_n, run.effective_rank, run.saturated, run.validation_f1, run.novel_auroc, run.made_up_auroc].map(values => values ? values[i] ?? '–' : '–')])))));
}
