// What somebody who is not known sees: the login, or how the first admin is made.

import { Button, Center, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent, type ReactNode } from "react";

import { Notice } from "../frame/notice";
import { messageOf, open } from "../api/client";
import { setSession, type Tokens } from "../api/session";
import mark from "../frame/icon.svg";

interface SetupState {
  superuser_exists: boolean;
  setup_allowed?: boolean;
}

export default function Entry({ token, done }: { token: string | null; done: () => void }) {
  const state = useQuery({
    queryKey: ["setup"],
    queryFn: () => open<SetupState>("/api/accounts/initialize-superuser/"),
    staleTime: Infinity,
  });
  const missing = state.data?.superuser_exists === false;
  if (token !== null && state.isPending) {
    return null;
  }
  if (token !== null && missing) {
    return <Setup token={token} done={done} />;
  }
  return (
    <Login done={done}>
      {token !== null && state.data && (
        <Notice color="blue" title="This link was used already">
          There is an admin: log in.
        </Notice>
      )}
      {token === null && missing && (
        <Notice color="blue" title="Nobody can log in yet">
          Open the link that the host printed when it started. It is good for an hour; a restart prints another.
        </Notice>
      )}
      {state.isError && <Notice color="red">{messageOf(state.error)}</Notice>}
    </Login>
  );
}

function Sheet({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={420}>
        <Group gap="sm" mb="lg" wrap="nowrap">
          <img src={mark} width={36} height={36} alt="" />
          <Title order={1} size="h3">
            {title}
          </Title>
        </Group>
        {children}
      </Paper>
    </Center>
  );
}

async function enter(username: string, password: string): Promise<void> {
  setSession(await open<Tokens>("/api/accounts/token/", { method: "POST", json: { username, password } }));
}

/** Runs what a form does, and keeps whether it runs and why it did not work. */
function useSubmit(act: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await act();
    } catch (thrown) {
      setError(messageOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, setError, onSubmit: (event: SyntheticEvent) => void submit(event) };
}

function Complaint({ error }: { error: string | null }) {
  return error === null ? null : (
    <Notice color="red" role="alert">
      {error}
    </Notice>
  );
}

function Login({ done, children }: { done: () => void; children: ReactNode }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const form = useSubmit(async () => {
    await enter(name, password);
    done();
  });
  return (
    <Sheet title="Log in to Pluggarr">
      <form onSubmit={form.onSubmit}>
        <Stack>
          {children}
          <TextInput label="User name" autoComplete="username" required autoFocus value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <PasswordInput label="Password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
          <Complaint error={form.error} />
          <Button type="submit" loading={form.busy}>
            Log in
          </Button>
        </Stack>
      </form>
    </Sheet>
  );
}

function Setup({ token, done }: { token: string; done: () => void }) {
  const [name, setName] = useState("admin");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const form = useSubmit(async () => {
    if (password !== again) {
      throw new Error("The two passwords differ: type them again.");
    }
    await open("/api/accounts/initialize-superuser/", { method: "POST", json: { username: name, password, token } });
    await enter(name, password);
    done();
  });
  return (
    <Sheet title="Welcome to Pluggarr">
      <form onSubmit={form.onSubmit}>
        <Stack>
          <Text c="dimmed" size="sm">
            Make the first admin of this host. With this name and password you log in from now on.
          </Text>
          <TextInput label="User name" autoComplete="username" required value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <PasswordInput
            label="Password"
            description="8 characters or more."
            autoComplete="new-password"
            required
            autoFocus
            minLength={8}
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
          <PasswordInput label="Password again" autoComplete="new-password" required value={again} onChange={(e) => setAgain(e.currentTarget.value)} />
          <Complaint error={form.error} />
          <Button type="submit" loading={form.busy}>
            Create the admin
          </Button>
        </Stack>
      </form>
    </Sheet>
  );
}
