// Keeps the frame when a view cannot be drawn, as when its code does not come: the host is away, or has another version now.

import { Button, Stack, Text } from "@mantine/core";
import { Component, type ReactNode } from "react";

import { messageOf } from "../api/client";
import { onReturn } from "../api/reach";
import { Notice } from "./notice";

interface Props {
  /** What is shown: with another the view is tried again. */
  of: string;
  children: ReactNode;
}

interface State {
  of: string;
  error: unknown;
}

export class Boundary extends Component<Props, State> {
  override state: State = { of: this.props.of, error: null };
  private stop: (() => void) | null = null;

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error };
  }

  static getDerivedStateFromProps({ of }: Props, state: State): State | null {
    return of === state.of ? null : { of, error: null };
  }

  override componentDidCatch(): void {
    // Code that did not come is not asked for again by this page, but by a new one.
    this.stop ??= onReturn(() => this.state.error !== null && window.location.reload());
  }

  override componentWillUnmount(): void {
    this.stop?.();
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? (
      this.props.children
    ) : (
      <Notice color="red" title="This view could not be shown" role="alert">
        <Stack gap="sm" align="flex-start">
          <Text size="sm">{messageOf(error)}</Text>
          <Button size="xs" variant="default" onClick={() => window.location.reload()}>
            Load the page again
          </Button>
        </Stack>
      </Notice>
    );
  }
}
