// Every code that a warning or error of training, enrolment and evaluation begins with.
#include "daemon/manual/pages.h"
#include "daemon/manual/roff.h"

namespace faultprint::manual {
namespace {

struct Code {
  const char* code;
  const char* text;  // what it means for the operator, and what to do
};

constexpr Code kCodes[] = {
    {"W_BELOW_BASELINE",
     "A simple method, on the same windows, names them better by macro-F1 than the model. Alarms "
     "may come all the same; take the fault type they name as a hint. Look at incidents named and "
     "false alarms of both, give more incidents of the types with the lowest F1, end incidents "
     "where their effect ends, or try train --loss triplet."},
    {"W_CAL_TOO_FEW",
     "Too few windows were kept out of training to meet train.unknown_false_alarm_rate for this "
     "type alone, or for what is unlike all normal windows. All types are judged together then, "
     "and unknown is said more rarely. More incidents, or a longer history, help; else nothing is "
     "to be done."},
    {"W_CLASSES_MERGED",
     "Two fault types look alike to the model, or a third of what was kept out of training is "
     "named "
     "as the wrong one of them: they will be taken for each other. Are they two names of one "
     "fault? "
     "Then give them one. Else a KPI is missing that tells them apart."},
    {"W_COLLAPSE",
     "The model gives nearly the same answer for every window, so that its names mean nothing: do "
     "not use it. Check that the incidents' times fit the data (time zone), then lower "
     "--learning-rate, or give more incidents."},
    {"W_CUT_BACK",
     "The type that was enrolled lies so near to a known one that it may reach only a part as far: "
     "some of its incidents will be missed. More incidents of it, or training anew, help. Of "
     "further evidence for a known type: what lies on windows that the model names right is left "
     "out, and what the type had stays as it was."},
    {"W_DEAD_UNITS",
     "Some outputs of the model never change. It works, and has less room than it could: lower "
     "--learning-rate or --embedding."},
    {"W_LOOKS_NORMAL",
     "In no window of the type that was enrolled does anything move to the model's eye: expect it "
     "to be missed. Check its times; if they are right the KPIs do not show it, or the model must "
     "be trained anew with it. Such windows are not added to what the encoder tells of a type that "
     "is known."},
    {"W_NOTHING_SCORED",
     "evaluate judged no labelled window, and its figures of 0 say nothing of the model. The "
     "history must be longer than the baseline's start and a window, and some of it must count."},
    {"W_NO_ACTIVE_TRIPLETS",
     "With --loss triplet: all windows are as far apart as asked for, so nothing more is learned. "
     "Use --mining semi-hard, or the default loss."},
    {"W_NO_VALIDATION",
     "No fault type has two incidents, so none could be kept out of training to see when to stop. "
     "The model may know its incidents by heart: judge it by evaluate on later history."},
    {"W_PAIR_CAL_FLAT",
     "compare cannot tell the same fault from another with this model: its distances differ no "
     "more between faults than within one. See W_COLLAPSE and W_CLASSES_MERGED."},
    {"W_PAIR_CAL_TOO_FEW",
     "compare gives distances, and no probability or a vague one: too few incidents could be kept "
     "out of training. From eight of a type upwards two are; --pairs gives more."},
    {"W_PARTLY_MATCHED",
     "Of these incidents the history holds a part alone, or no window that can be judged (while an "
     "element learns its baseline, or more than half of a window is missing). The rest counts for "
     "nothing. Give the history before and after, or correct the times."},
    {"W_PRIOR_UNUSED",
     "alarms.priors names a label that the model has not: misspelt, or yet to be enrolled. Until "
     "then it counts for nothing: its share goes to the labels that are not listed."},
    {"W_RAISE_COSTS",
     "alarms.raise is given beside alarms.false_alarms_per_day, and to meet that rate with it a "
     "fault must be so much nearer than normal (the margin) that far fewer incidents are named "
     "than with another raise. Leave alarms.raise out, or allow more false alarms; `faultprint "
     "inspect --text` shows what each rate buys."},
    {"W_RATE_MISSED",
     "No setting of alarms.raise stays within alarms.false_alarms_per_day: the quietest is taken, "
     "and there will be more false alarms than asked for. More normal history, or more incidents, "
     "help."},
    {"W_RATE_UNSUPPORTED",
     "The history is too short to tell whether alarms.false_alarms_per_day is met. Expect a rate "
     "about as large as the one that is named, or train on a longer history."},
    {"W_REJECTED",
     "A tenth of the history's records or more could not be used; the reason that most have is "
     "named. late: a file is not in time order, element by element (see stream.lateness)."},
    {"W_SATURATED",
     "Many outputs stand at 0 or 1: faults that the model never saw fall onto known ones, and "
     "unknown is said too rarely. Leave out --published, or use --reach."},
    {"W_SITS_ON_ANOTHER",
     "Half of the windows of the type that was enrolled, or more, were another type to the model "
     "until now, or a twentieth of what it refers to for another type is the enrolled one from now "
     "on: the two will be taken for each other. If they are one fault, enrol the incidents under "
     "its name. If they are two that look alike, see by --dry-run and evaluate how well they are "
     "told apart."},
    {"W_SUBTLE",
     "The incidents that were enrolled hardly move any KPI, so less is now taken for calm, for all "
     "types: false alarms may become more frequent."},
    {"W_TRANSITION_WINDOW",
     "All that the model refers to for this type are windows that reach over a change of state: "
     "its "
     "incidents are shorter than a window, or nothing moves any more by the time that one is full. "
     "So the model knows the change alone. A shorter stream.window may serve better."},
    {"W_UNMATCHED",
     "These rows of the incident files meet nothing of the history: a misspelt element (upper and "
     "lower case differ), times in another zone (without one they are UTC), or another network's "
     "file. They count for nothing."},
    {"E_BETA_LT_N", "--beta must be at least the number of values in an embedding."},
    {"E_CLASS_TOO_SMALL",
     "A fault type, or normal, has fewer than two usable windows. Give more incidents of it, or "
     "leave it out (fault type ignore)."},
    {"E_EMBEDDING_RANGE", "The lossless losses need --output sigmoid."},
    {"E_MARGIN_UNREACHABLE",
     "--margin, or --alpha of the triplet loss, is larger than any distance that two windows can "
     "have (squared for --alpha)."},
    {"E_NO_NUMBERS",
     "Without incidents a model learns from made-up faults, which move numbers, and all KPIs are "
     "states or texts: give incidents or --pairs."},
    {"E_SIMILARITY_AS_DISTANCE", "A similarity was given where a distance is needed."},
    {"E_SPLIT_LEAK",
     "The same stretch of an element would be learned from and judged on, and flatter the model. "
     "With --other-data: the two histories are of one network."}};

}  // namespace

std::string diagnostics() {
  std::string out = heading("SH", "DIAGNOSTICS") +
                    "Warnings begin with a code W_, and leave the exit status as it is. Errors of "
                    "learning begin with E_.\n";
  for (const Code& each : kCodes) out += tagged(bold(each.code), roff(each.text));
  return out;
}

}  // namespace faultprint::manual
