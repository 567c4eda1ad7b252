import { text } from "texts:shell";
import { useWantedPlace } from "../router";
import { Button } from "../ui/button";
import { Dialog, DialogFoot } from "../ui/dialog";

/** Asks before something is lost with the page. */
export function LeaveDialog() {
  const { loss, leave, stay } = useWantedPlace();
  if (loss === null) return null;
  const words = text.leave[loss];
  return (
    <Dialog title={words.title} size="narrow" isAlert onClose={stay}>
      <div className="dialog-body prose"><p>{words.detail}</p></div>
      <DialogFoot>
        <Button onPress={stay} autoFocus>{text.stay}</Button>
        <Button look="danger" onPress={leave}>{words.confirm}</Button>
      </DialogFoot>
    </Dialog>
  );
}
