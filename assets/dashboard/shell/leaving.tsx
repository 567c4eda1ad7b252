import { useEffect } from "react";
import { useIsLosing, useWantedPlace } from "../router";
import { later } from "../ui/later";
import { PageFailure } from "../ui/page-failure";

const LeaveDialog = later(() => import("./leave-dialog").then((it) => it.LeaveDialog));

/** Asks before something is lost. The dialog is fetched as soon as there is something to lose: later the network may be gone. */
export function Leaving() {
  const isLosing = useIsLosing();
  const { loss } = useWantedPlace();
  useEffect(() => {
    if (isLosing) LeaveDialog.fetch();
  }, [isLosing]);
  return loss === null ? null : <PageFailure isPart><LeaveDialog /></PageFailure>;
}
