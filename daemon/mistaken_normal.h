// Faults in a history that nobody had labelled yet are normal to the model that learned from it. As
// its incidents are enrolled, their windows have to leave what is normal.
#pragma once

#include "daemon/dataset.h"
#include "daemon/loaded_model.h"

namespace faultprint::daemon {

// Takes out of the references and of normal's prototypes what is the same as a window of `data`
// that an incident labels; of the prototypes, windows too that reach back into an incident, as
// training does not take such either. Something of normal always stays. Returns how many references
// went.
int take_out_of_normal(LoadedModel& model, const Dataset& data, const ingest::Incidents& incidents);

}  // namespace faultprint::daemon
