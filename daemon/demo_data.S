/* The recording of `faultprint demo`, so that the program needs no file beside it. */
#include "daemon/embed.inc"

  .section .rodata
  EMBED(faultprint_demo_config, "demo/faultprint.yaml")
  EMBED(faultprint_demo_train, "demo/train.csv.gz")
  EMBED(faultprint_demo_train_incidents, "demo/train_incidents.csv")
  EMBED(faultprint_demo_heldout, "demo/heldout.csv.gz")
  EMBED(faultprint_demo_heldout_incidents, "demo/heldout_incidents.csv")
#if defined(__linux__) && defined(__ELF__)
  .section .note.GNU-stack, "", %progbits
#endif
