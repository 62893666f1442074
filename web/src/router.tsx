// The addresses of the app.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { parseStatus } from "./features/inbox/place";
import { Crash } from "./features/session/crash";

export const InboxScreen = lazyRouteComponent(() => import("./features/inbox/inbox-screen"), "InboxScreen");

const root = createRootRoute({ errorComponent: Crash });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox/$view", params: { view: "all" } });
  },
});

const inbox = createRoute({
  getParentRoute: () => root,
  path: "/inbox/$view",
  validateSearch: (search: Record<string, unknown>) => {
    const status = parseStatus(search["status"]);
    return status === "open" ? {} : { status };
  },
  component: InboxScreen,
});

const channels = createRoute({ getParentRoute: () => root, path: "/channels", component: lazyRouteComponent(() => import("./features/channels/channels-screen"), "ChannelsScreen") });

const templates = createRoute({ getParentRoute: () => root, path: "/channels/$account/templates", component: lazyRouteComponent(() => import("./features/templates/templates-screen"), "TemplatesScreen") });
const newTemplate = createRoute({ getParentRoute: () => root, path: "/channels/$account/templates/new", component: lazyRouteComponent(() => import("./features/templates/new-template-screen"), "NewTemplateScreen") });

const conversation = createRoute({ getParentRoute: () => inbox, path: "$conversation" });

const elsewhere = createRoute({
  getParentRoute: () => root,
  path: "$",
  beforeLoad: () => {
    throw redirect({ to: "/" });
  },
});

export const router = createRouter({ routeTree: root.addChildren([home, inbox.addChildren([conversation]), channels, templates, newTemplate, elsewhere]) });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
