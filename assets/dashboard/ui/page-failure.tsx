import { Component, type ReactNode } from "react";
import { text as common } from "texts:common";
import { text } from "texts:shell";
import { Button } from "./button";
import { Empty } from "./states";

/** A page, or a part of one, whose script could not be loaded, after an upgrade of the server or without a network; or that is broken. */
export class PageFailure extends Component<{ readonly isPart?: boolean; readonly children: ReactNode }, { readonly isBroken: boolean }> {
  override state = { isBroken: false };
  static getDerivedStateFromError() {
    return { isBroken: true };
  }
  override render() {
    if (!this.state.isBroken) return this.props.children;
    return (
      <Empty icon="alert" title={this.props.isPart ? common.failed_title : text.page_failed} action={<Button icon="retry" onPress={() => location.reload()}>{text.reload_page}</Button>}>
        {text.page_failed_detail}
      </Empty>
    );
  }
}
