// Generated from tests/it/snapshots/openapi.snap by `npm run api-types`. Do not edit.

export interface paths {
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read this description. */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read counters and histograms for Prometheus. */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a visitor's message and get the answer with its citations. */
        post: operations["chat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/chat/{message_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow an answer, or go on after a cut connection. */
        get: operations["followAnswer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/chat/{message_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End an answer with what there is of it. */
        post: operations["stopAnswer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/chat/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the visitor's own conversation, newest message first. */
        get: operations["getHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/chat/identify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say who the visitor is, as the client's website proves. */
        post: operations["identify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/widget/config/{client_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read how a client's widget looks. */
        get: operations["getWidgetConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/widget/logo/{client_id}/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Load a client's uploaded logo. */
        get: operations["getWidgetLogo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say that the process is alive. */
        get: operations["isAlive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz/db": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say whether the database answers. */
        get: operations["isDatabaseUp"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say whether the node can serve, and what stands against it. */
        get: operations["isReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the documents, newest first.
         * @description Needs an API key with the scope `knowledge_read`.
         */
        get: operations["listDocuments"];
        put?: never;
        /**
         * Upload a document; it is read and indexed after the answer. A file that the client has already is not taken twice: the answer is the document that holds it.
         * @description Needs an API key with the scope `knowledge_write`.
         */
        post: operations["uploadDocument"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a document's state.
         * @description Needs an API key with the scope `knowledge_read`.
         */
        get: operations["getDocument"];
        put?: never;
        post?: never;
        /**
         * Delete a document; nothing of it is found after the answer.
         * @description Needs an API key with the scope `knowledge_write`.
         */
        delete: operations["deleteDocument"];
        options?: never;
        head?: never;
        /**
         * Change the category or the weight of a document.
         * @description Needs an API key with the scope `knowledge_write`.
         */
        patch: operations["changeDocument"];
        trace?: never;
    };
    "/api/documents/{id}/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the text that was read out of a document.
         * @description Needs an API key with the scope `knowledge_read`.
         */
        get: operations["getDocumentText"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents/{id}/original": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download the file of a document as it was uploaded.
         * @description Needs an API key with the scope `knowledge_read`.
         */
        get: operations["downloadDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read a document again that failed.
         * @description Needs an API key with the scope `knowledge_write`.
         */
        post: operations["retryDocument"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/documents/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop the reading of a document; it can be retried.
         * @description Needs an API key with the scope `knowledge_write`.
         */
        post: operations["cancelDocument"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faqs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the FAQs, newest first.
         * @description Needs an API key with the scope `knowledge_read`.
         */
        get: operations["listFaqs"];
        put?: never;
        /**
         * Add a question with its answer.
         * @description Needs an API key with the scope `knowledge_write`.
         */
        post: operations["createFaq"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/faqs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an FAQ.
         * @description Needs an API key with the scope `knowledge_read`.
         */
        get: operations["getFaq"];
        put?: never;
        post?: never;
        /**
         * Delete an FAQ; no answer uses it after the answer.
         * @description Needs an API key with the scope `knowledge_write`.
         */
        delete: operations["deleteFaq"];
        options?: never;
        head?: never;
        /**
         * Change the given fields of an FAQ.
         * @description Needs an API key with the scope `knowledge_write`.
         */
        patch: operations["changeFaq"];
        trace?: never;
    };
    "/api/faqs/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change or delete many FAQs: all of them, or none.
         * @description Needs an API key with the scope `knowledge_write`.
         */
        post: operations["changeFaqs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/gaps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the questions that nothing answered, newest first.
         * @description Needs an API key with the scope `knowledge_read`.
         */
        get: operations["listGaps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/gaps/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Say what became of a question that nothing answered.
         * @description Needs an API key with the scope `knowledge_write`.
         */
        patch: operations["changeGap"];
        trace?: never;
    };
    "/api/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the settings.
         * @description Needs an API key with the scope `settings_read`.
         */
        get: operations["getConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the given settings; the others stay.
         * @description Needs an API key with the scope `settings_write`.
         */
        patch: operations["changeConfig"];
        trace?: never;
    };
    "/api/config/logo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a logo (PNG, JPEG, WebP or SVG, up to 1 MB) for the widget.
         * @description Needs an API key with the scope `settings_write`.
         */
        post: operations["uploadLogo"];
        /**
         * Take the uploaded logo away.
         * @description Needs an API key with the scope `settings_write`.
         */
        delete: operations["removeLogo"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/instructions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what the assistant is told.
         * @description Needs an API key with the scope `settings_read`.
         */
        get: operations["getInstructions"];
        /**
         * Save what the assistant is told, as a new version. What is left out becomes empty.
         * @description Needs an API key with the scope `settings_write`.
         */
        put: operations["saveInstructions"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/instructions/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions, newest first.
         * @description Needs an API key with the scope `settings_read`.
         */
        get: operations["listInstructionVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/instructions/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Write an earlier version anew.
         * @description Needs an API key with the scope `settings_write`.
         */
        post: operations["rollBackInstructions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/instructions/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List texts to begin with, by trade.
         * @description Needs an API key with the scope `settings_read`.
         */
        get: operations["listInstructionTemplates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find the passages that fit a query, best first.
         * @description Needs an API key with the scope `search`.
         */
        post: operations["search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the conversations with visitors, newest first.
         * @description Needs an API key with the scope `conversations_read`.
         */
        get: operations["listConversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a conversation.
         * @description Needs an API key with the scope `conversations_read`.
         */
        get: operations["getConversation"];
        put?: never;
        post?: never;
        /**
         * Delete a conversation with all that was said in it.
         * @description Needs an API key with the scope `conversations_write`.
         */
        delete: operations["deleteConversation"];
        options?: never;
        head?: never;
        /**
         * Bookmark, archive or tag a conversation.
         * @description Needs an API key with the scope `conversations_write`.
         */
        patch: operations["changeConversation"];
        trace?: never;
    };
    "/api/conversations/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a conversation's messages, newest first.
         * @description Needs an API key with the scope `conversations_read`.
         */
        get: operations["listMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/{id}/messages/{message_id}/explanation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read why an answer is as it is.
         * @description Needs an API key with the scopes `conversations_read` and `knowledge_read`.
         */
        get: operations["explainAnswer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bookmark, archive, tag or delete many conversations at once.
         * @description Needs an API key with the scope `conversations_write`.
         */
        post: operations["changeConversations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the tags in use, sorted without regard to case.
         * @description Needs an API key with the scope `conversations_read`.
         */
        get: operations["listConversationTags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download conversations as a file: those that are named, or all that fit, newest first.
         * @description Needs an API key with the scope `conversations_read`.
         */
        get: operations["exportConversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/{id}/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a conversation's open links, newest first.
         * @description Needs an API key with the scope `conversations_write`.
         */
        get: operations["listShares"];
        put?: never;
        /**
         * Make a link with which anybody reads what was said until now, without the visitor's details.
         * @description Needs an API key with the scope `conversations_write`.
         */
        post: operations["createShare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/conversations/{id}/shares/{share_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a link at once.
         * @description Needs an API key with the scope `conversations_write`.
         */
        delete: operations["revokeShare"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what is stored and what was said since the month began (UTC).
         * @description Needs an API key with the scope `usage_read`.
         */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/embed-snippet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what puts the widget on a website: its line of HTML, and the secret that names users.
         * @description Needs an API key with the scope `settings_read`.
         */
        get: operations["getEmbedSnippet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for a mail with a code and a link. The answer is always the same. */
        post: operations["requestSignIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-in/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with the six digits of the newest mail. */
        post: operations["signInWithCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-in/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with the token of the newest mail's link. */
        post: operations["signInWithLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-in/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a client's API key; the session may do what the key may. */
        post: operations["signInWithKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read whether accounts can be opened here, and what they begin with. */
        get: operations["getSignUp"];
        put?: never;
        /** Ask for an account; a mail follows. The answer is always the same. */
        post: operations["requestSignUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-up/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read which account a link opens; the link stays open. */
        get: operations["getSignUpLink"];
        put?: never;
        /** Open the account, and sign its owner in. */
        post: operations["acceptSignUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/invitations/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what an invitation is about; it stays open. */
        get: operations["getInvitation"];
        put?: never;
        /** Accept an invitation, and sign in. Whoever has a login already signs in first. */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/key-claims/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read for whom a key can be made; the link stays open. */
        get: operations["getKeyClaim"];
        put?: never;
        /** Make the client's key, and show it this once. */
        post: operations["claimKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read who is signed in, what they may do where, and the token for writes.
         * @description Needs a session.
         */
        get: operations["getSession"];
        put?: never;
        post?: never;
        /**
         * Sign out of this browser.
         * @description Needs a session.
         */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the devices on which the person is signed in, newest first.
         * @description Needs a session.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Sign out on another device.
         * @description Needs a session.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/person": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the own name.
         * @description Needs a session.
         */
        patch: operations["changePerson"];
        trace?: never;
    };
    "/api/person/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a code at the new address. The answer is always the same.
         * @description Needs a session.
         */
        post: operations["requestEmailChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/person/email/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the own address by the six digits that were sent there; the former one is told.
         * @description Needs a session.
         */
        post: operations["confirmEmailChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agency/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read how many clients there are, and what went on at the live ones in thirty days.
         * @description Needs a session of the agency's staff with the permission `clients:read`.
         */
        get: operations["getFigures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agency/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the agency's keys that are neither revoked nor over, newest first.
         * @description Needs a session of the agency's staff with the permission `agency_keys:write`.
         */
        get: operations["listAgencyKeys"];
        put?: never;
        /**
         * Make a key with which a program acts for the agency.
         * @description Needs a session of the agency's staff with the permission `agency_keys:write`.
         */
        post: operations["createAgencyKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agency/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a key of the agency; it stops working at once.
         * @description Needs a session of the agency's staff with the permission `agency_keys:write`.
         */
        delete: operations["revokeAgencyKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the clients, newest first.
         * @description Needs a session of the agency's staff with the permission `clients:read`.
         */
        get: operations["listClients"];
        put?: never;
        /**
         * Make a client with its first key, and invite its owner.
         * @description Needs a session of the agency's staff with the permission `clients:write`.
         */
        post: operations["createClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a client.
         * @description Needs a session with the permission `results:read` in this client.
         */
        get: operations["getClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a client's name or address, or how it is served.
         * @description Needs a session with the permission `clients:write` in this client.
         */
        patch: operations["changeClient"];
        trace?: never;
    };
    "/api/clients/{client}/key-mail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read whether the client's key was mailed, whether the mail arrived, and whether its link was used.
         * @description Needs a session with the permission `clients:write` in this client.
         */
        get: operations["getKeyMail"];
        put?: never;
        /**
         * Mail the client a link from which it makes a key of its own; a former link stops working. Needs `keys:write` too.
         * @description Needs a session with the permission `clients:write` in this client.
         */
        post: operations["sendKeyMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Silence a client's widget, and refuse its keys and its people.
         * @description Needs a session with the permission `clients:write` in this client.
         */
        post: operations["suspendClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a client leave: as suspended, and its sessions end, and none of its mail is sent.
         * @description Needs a session with the permission `clients:write` in this client.
         */
        post: operations["deactivateClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Serve a client again that was suspended or deactivated.
         * @description Needs a session with the permission `clients:write` in this client.
         */
        post: operations["resumeClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/erase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove everything of a deactivated client for good; answers what is being removed.
         * @description Needs a session with the permission `agency:own` in this client.
         */
        post: operations["eraseClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what is still to be done for a client, and a week's figures.
         * @description Needs a session with the permission `results:read` in this client.
         */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the agency's people, newest first.
         * @description Needs a session of the agency's staff with the permission `staff:read`.
         */
        get: operations["listStaff"];
        put?: never;
        /**
         * Invite somebody into the agency.
         * @description Needs a session of the agency's staff with the permission `staff:write`.
         */
        post: operations["inviteStaff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/members/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove somebody from the agency, or take an invitation back.
         * @description Needs a session of the agency's staff with the permission `staff:write`.
         */
        delete: operations["removeStaff"];
        options?: never;
        head?: never;
        /**
         * Change role, state or clients of somebody of the agency; their sessions end.
         * @description Needs a session of the agency's staff with the permission `staff:write`.
         */
        patch: operations["changeStaff"];
        trace?: never;
    };
    "/api/members/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an invitation again; the former link is void.
         * @description Needs a session of the agency's staff with the permission `staff:write`.
         */
        post: operations["inviteStaffAgain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/members/{id}/ownership": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make somebody the agency's owner in your place.
         * @description Needs a session of the agency's staff with the permission `agency:own`.
         */
        post: operations["handAgencyOver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a client's people, newest first.
         * @description Needs a session with the permission `members:read` in this client.
         */
        get: operations["listClientMembers"];
        put?: never;
        /**
         * Invite somebody into a client.
         * @description Needs a session with the permission `members:write` in this client.
         */
        post: operations["inviteMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/members/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove somebody from a client, or take an invitation back.
         * @description Needs a session with the permission `members:write` in this client.
         */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /**
         * Change role or state of somebody of a client; their sessions end.
         * @description Needs a session with the permission `members:write` in this client.
         */
        patch: operations["changeMember"];
        trace?: never;
    };
    "/api/clients/{client}/members/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an invitation again; the former link is void.
         * @description Needs a session with the permission `members:write` in this client.
         */
        post: operations["inviteMemberAgain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/members/{id}/ownership": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make somebody the client's owner in your place.
         * @description Needs a session with the permission `client:own` in this client.
         */
        post: operations["handClientOver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/billing-contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who hears of a client's account, newest first.
         * @description Needs a session with the permission `members:read` in this client.
         */
        get: operations["listBillingContacts"];
        put?: never;
        /**
         * Add somebody who hears of a client's account.
         * @description Needs a session with the permission `members:write` in this client.
         */
        post: operations["addBillingContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/billing-contacts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a billing contact.
         * @description Needs a session with the permission `members:write` in this client.
         */
        delete: operations["removeBillingContact"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the keys that work, newest first.
         * @description Needs a session with the permission `keys:read` in this client.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make a key; it is shown this once.
         * @description Needs a session with the permission `keys:write` in this client.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a key at once, with the sessions that were made from it.
         * @description Needs a session with the permission `keys:write` in this client.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/test-chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the assistant as a visitor would; the stream ends with an event `explanation`.
         * @description Needs a session with the permission `knowledge:read` in this client.
         */
        post: operations["testChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{client}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow documents and conversations of a client as they change.
         * @description Needs a session with the permission `results:read` in this client.
         */
        get: operations["followClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the work in the background, newest first.
         * @description Needs a session of the agency's staff with the permission `jobs:read`.
         */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a job again that was given up.
         * @description Needs a session of the agency's staff with the permission `jobs:write`.
         */
        post: operations["retryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/mails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the mails, newest first.
         * @description Needs a session of the agency's staff with the permission `mails:read`.
         */
        get: operations["listMails"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/mails/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a mail; codes and links are left out.
         * @description Needs a session of the agency's staff with the permission `mails:read`.
         */
        get: operations["getMail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/mails/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a mail again that has left, or was given up.
         * @description Needs a session of the agency's staff with the permission `mails:write`.
         */
        post: operations["resendMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who did what, newest first.
         * @description Needs a session of the agency's staff with the permission `audit:read`.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read how the backups stand that are made by themselves.
         * @description Needs a session of the agency's staff with the permission `jobs:read`.
         */
        get: operations["getBackups"];
        put?: never;
        /**
         * Make a backup now, into the folder that the settings name.
         * @description Needs a session of the agency's staff with the permission `jobs:write`.
         */
        post: operations["makeBackup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the events that vendors delivered, newest first.
         * @description Needs a session of the agency's staff with the permission `jobs:read`.
         */
        get: operations["listInbox"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inbox/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an event that a vendor delivered, with what it brought.
         * @description Needs a session of the agency's staff with the permission `jobs:read`.
         */
        get: operations["getInboxEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcceptRequest: {
            /** @description How the person wants to be called. */
            name: string;
        };
        AgencyKeyRequest: {
            /** @description What it is for. */
            name: string;
            /**
             * @description What it may do: at most what you may, and none of `agency:own`, `agency_keys:write` and `staff:write`. It ends
             *     with your place in the agency.
             */
            permissions: components["schemas"]["Permission"][];
            /**
             * Format: uint32
             * @description After how many days it ends; left out or null: when it is revoked.
             */
            expires_in_days?: number | null;
        };
        /** @description A key of the agency. */
        AgencyKeyView: {
            id: string;
            name: string;
            /** @description Its beginning. */
            prefix: string;
            /** @description What it may do now: what it names, where its maker holds it still. Empty when it opens nothing. */
            permissions: components["schemas"]["Permission"][];
            /** @description Who made it; null once they are gone: then it opens nothing. */
            created_by: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_used_at: string | null;
            /** Format: date-time */
            expires_at: string | null;
        };
        AgencyView: {
            name: string;
        };
        AliveView: {
            status: components["schemas"]["Health"];
        };
        /** @description What an answer was made from. */
        AnsweredBy: "faq" | "extractive" | "model" | "none";
        /** @description Which conversations to list, by whether they are in the archive. */
        Archived: "include" | "exclude" | "only";
        AuditView: {
            id: string;
            /** Format: date-time */
            at: string;
            /** @description A person's name where there is one, otherwise the kind with its id. */
            actor: string;
            action: string;
            /** @description The id of what it was done to. */
            target: string;
            client_id: string | null;
            /** @description The names of the fields that changed. */
            fields: string[];
        };
        /** @description Whether the node could be made anew from its backups, as far as it knows. */
        BackupHealth: "off" | "waiting" | "good" | "failing" | "late" | "unrestorable";
        /** @description `backup` of the settings. */
        BackupPlanView: {
            to: string;
            /** Format: uint32 */
            every_hours: number;
            /**
             * Format: uint32
             * @description Snapshots that are kept.
             */
            keep: number;
        };
        BackupsView: {
            health: components["schemas"]["BackupHealth"];
            /** @description Null when none is made by itself. */
            plan: components["schemas"]["BackupPlanView"] | null;
            /**
             * Format: date-time
             * @description When the last one was made.
             */
            made_at: string | null;
            /**
             * Format: date-time
             * @description When one last came back whole from a trial.
             */
            drilled_at: string | null;
            /** @description Why the last backup or trial failed; null when it did not. */
            failure: string | null;
        };
        BillingContactRequest: {
            name: string;
            email: string;
        };
        /** @description Somebody who hears of a client's account: of the end of its trial, and of money. They need no login. */
        BillingContactView: {
            id: string;
            name: string;
            email: string;
            /** Format: date-time */
            created_at: string;
        };
        /**
         * @description What is done to each of many conversations.
         * @enum {string}
         */
        BulkAction: "archive" | "unarchive" | "bookmark" | "unbookmark" | "add_tag" | "remove_tag" | "delete";
        /** @description What is done to many conversations at once. */
        BulkConversationsRequest: {
            /** @description 1 to 100 conversations. */
            ids: string[];
            action: components["schemas"]["BulkAction"];
            /** @description With `add_tag` and `remove_tag`: which. */
            tag?: string | null;
        };
        BulkConversationsView: {
            /**
             * @description Those that are otherwise than before, or deleted. What was so already or is not there is left out, so that the
             *     opposite action on these undoes it.
             */
            changed: string[];
        };
        /** @enum {string} */
        BulkKind: "enable" | "disable" | "delete" | "set_category";
        /** @description What is done to many FAQs at once. */
        BulkRequest: {
            /** @description 1 to 500 FAQs, each once. */
            ids: string[];
            action: components["schemas"]["BulkKind"];
            /**
             * @description With `set_category`: the category; without it or with `null`, they have none afterwards.
             * @default null
             */
            category: string | null;
        };
        BulkView: {
            /**
             * Format: uint
             * @description FAQs that were changed or deleted.
             */
            done: number;
        };
        /** @description What a client has at most that nobody pays for, and how much of the day is used up. */
        CapsView: {
            /** Format: uint32 */
            answers_per_day: number;
            /** Format: uint32 */
            answers_today: number;
            /** Format: uint32 */
            documents: number;
            /**
             * Format: uint32
             * @description People, with those who are invited.
             */
            members: number;
        };
        /** @description A change of a client; what is left out stays. */
        ChangeRequest: {
            name?: string | null;
            email?: string | null;
            service?: components["schemas"]["Service"] | null;
            purpose?: components["schemas"]["Purpose"] | null;
            /**
             * @description Takes on an account that began with a sign-up: neither its caps nor the end of its trial hold any more.
             * @default false
             */
            take_on: boolean;
        };
        /**
         * @description Where a conversation takes place.
         * @enum {string}
         */
        Channel: "widget";
        /** @description Fields that are not known are ignored: older widgets stay cached. */
        ChatRequest: {
            client_id: string;
            /** @description 1 to 4,000 characters (Unicode scalars). */
            message: string;
            /** @description The `session` of the answer before; leave it away for the first message. */
            session?: string | null;
            /**
             * @description Minted by the sender: the same one never makes a second turn, it gets the first one's answer. It belongs
             *     to one message: with other words it is refused.
             */
            request_id?: string | null;
            /** @description The page that the visitor is on. Kept without its query, where the client keeps such details. */
            page_url?: string | null;
            /** @description Where the visitor came from. Kept without its query, where the client keeps such details. */
            referrer?: string | null;
            /** @description The visitor's language, as a tag such as `de` or `pt-BR`. */
            language?: string | null;
        };
        ChatView: {
            response: string;
            citations: components["schemas"]["CitationView"][];
            conversation_id: string;
            /** @description The answer's id. */
            message_id: string;
            /** @description Send it with the next message, to go on in the same conversation. */
            session: string;
            answered_by: components["schemas"]["AnsweredBy"];
            /** @description Whether the answer is all of it. */
            ending: components["schemas"]["Ending"];
            /** @description What the model used up; null where none was asked. */
            usage: components["schemas"]["Usage"] | null;
        };
        /** @description The exact words of a source on which the answer rests. */
        CitationView: {
            /**
             * Format: uint32
             * @description The answer refers to it by this number in brackets, where it refers to it at all. Counted from 1; one may
             *     be missing when its source was deleted.
             */
            number: number;
            /** @description Null when the source is an FAQ. */
            document_id: string | null;
            /** @description Null when the source is a document. */
            faq_id: string | null;
            /** @description The document's title, or the FAQ's question. */
            title: string;
            /**
             * Format: uint32
             * @description Counted from 1, where the format has pages.
             */
            page: number | null;
            /** @description The headings above, outermost first, joined by ` › `. */
            heading: string | null;
            /** @description Stands in the source letter for letter. */
            quote: string;
            /** @description Opens the passage around the quote. */
            url: string;
        };
        ClaimedKeyView: {
            client_id: string;
            client_name: string;
            /** @description Shown this once. */
            api_key: string;
        };
        /** @description Clients that are served, by what they are there for, and the real ones that are not. */
        ClientCountsView: {
            /** Format: uint32 */
            live: number;
            /** Format: uint32 */
            demo: number;
            /** Format: uint32 */
            test: number;
            /** Format: uint32 */
            suspended: number;
        };
        ClientRequest: {
            name: string;
            email: string;
            /** @description Who is invited as the client's owner, if anybody. */
            owner_email?: string | null;
            /** @description Left out: it looks after itself. */
            service?: components["schemas"]["Service"] | null;
            /** @description Left out: it is a real one. */
            purpose?: components["schemas"]["Purpose"] | null;
            /**
             * @description Whether the client's address gets a mail with a link from which it makes a key of its own.
             * @default false
             */
            mail_key: boolean;
        };
        /** @description Whether a client is served. */
        ClientStatus: "active" | "suspended";
        /** @description A client with its figures. */
        ClientView: {
            id: string;
            name: string;
            email: string;
            status: components["schemas"]["ClientStatus"];
            /** @description Who looks after the assistant: of a managed client, its own people and keys see results and change nothing. */
            service: components["schemas"]["Service"];
            /** @description What it is there for: demos and tests are capped, send nothing, and are counted nowhere. */
            purpose: components["schemas"]["Purpose"];
            /** @description Of an account that began with a sign-up, until the agency has taken it on. */
            plan: components["schemas"]["Plan"] | null;
            /**
             * Format: date-time
             * @description When the trial ends; the account is suspended then.
             */
            trial_ends_at: string | null;
            /** @description Null for a client without caps. */
            caps: components["schemas"]["CapsView"] | null;
            /**
             * Format: date-time
             * @description When it left; it is suspended too. Null while it is a client of the agency.
             */
            deactivated_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: uint32 */
            documents: number;
            /**
             * Format: uint32
             * @description Conversations with a message in the last thirty days.
             */
            conversations_30d: number;
            /** Format: date-time */
            last_message_at: string | null;
        };
        CodeRequest: {
            email: string;
            /** @description Six digits; spaces do not matter. */
            code: string;
        };
        ComponentView: {
            status: components["schemas"]["Health"];
            /** @description What is the matter and what to do; null when all is well. */
            detail: string | null;
        };
        /** @description A client's settings. An empty text means the widget's own default. */
        ConfigView: {
            client_id: string;
            widget_name: string;
            welcome: string;
            placeholder: string;
            suggestions: string[];
            theme: components["schemas"]["Theme"];
            /** @description `#rrggbb` */
            accent_color: string;
            background_color: string;
            text_color: string;
            bubble_color: string;
            position: components["schemas"]["Position"];
            /** Format: uint32 */
            width_px: number;
            /** Format: uint32 */
            height_px: number;
            custom_css: string;
            /** @description The https address of a logo; empty where there is none. */
            logo_url: string;
            /** @description The address of the uploaded logo; null where there is none. */
            logo_file_url: string | null;
            /** @description A language tag (BCP 47). */
            language: string;
            /** @description Hosts on which the widget may stand; empty: any. */
            allowed_domains: string[];
            /** @description Whether page, referrer, language and kind of device are kept with each conversation. */
            keep_visit_details: boolean;
            /**
             * Format: uint32
             * @description Counts the changes; the entity tag for `If-Match`.
             */
            version: number;
        };
        ConfirmRequest: {
            /** @description Six digits; spaces do not matter. */
            code: string;
        };
        /** @description A change of how a conversation is kept; what is left out stays. */
        ConversationPatch: {
            bookmarked?: boolean | null;
            /** @description A visitor who writes again takes the conversation out of the archive. */
            archived?: boolean | null;
            /** @description All tags that it has afterwards. A tag has 1 to 40 characters; two that differ in case only are one. */
            tags?: string[] | null;
        };
        /** @description A thread. */
        ConversationView: {
            id: string;
            channel: components["schemas"]["Channel"];
            /** @description The beginning of what the visitor said first, at most 160 characters; null before anything was said. */
            opening: string | null;
            /** Format: uint32 */
            message_count: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_message_at: string;
            /** @description How it began; null where such details are not kept. */
            visit: components["schemas"]["VisitView"] | null;
            /** @description Who the visitor is; null as long as the client's website has named nobody. */
            visitor: components["schemas"]["VisitorView"] | null;
            /**
             * Format: date-time
             * @description When it was bookmarked, by whomever; null while it is not.
             */
            bookmarked_at: string | null;
            /**
             * Format: date-time
             * @description When it was put into the archive; null while it is not there. A visitor who writes again takes it out.
             */
            archived_at: string | null;
            /** @description Sorted without regard to case. */
            tags: string[];
            /**
             * Format: uint32
             * @description Counts the changes, messages among them; the entity tag for `If-Match`.
             */
            version: number;
        };
        CreatedAgencyKeyView: {
            id: string;
            /** @description Shown this once. */
            api_key: string;
        };
        CreatedClientView: {
            client: components["schemas"]["ClientView"];
            /** @description Shown this once. */
            api_key: string;
        };
        CreatedKeyView: {
            id: string;
            name: string;
            /** @description Its beginning, to tell it from others. */
            prefix: string;
            scopes: components["schemas"]["KeyScope"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_used_at: string | null;
            /** Format: date-time */
            expires_at: string | null;
            /** @description Shown this once. */
            api_key: string;
        };
        /** @description One decision: what about, what was decided, and why. */
        Decision: {
            /** @description `faq_match`, `threshold`, `model`, `fallback`, `guard`, `citations`, `ending`. */
            about: string;
            decided: string;
            why: string | null;
        };
        /**
         * @description What kind of device a browser says that it runs on.
         * @enum {string}
         */
        Device: "phone" | "tablet" | "desktop" | "other";
        /** @description A change of some fields; what is left out stays as it is. */
        DocumentPatch: {
            /**
             * @description What the document is about, 1 to 100 characters; `null` takes it away.
             * @default null
             */
            category: string | null;
            /** @description How much it counts beside the other documents, 0.1 to 5; 1 is usual. */
            weight?: number | null;
        };
        /** @description What the owner of a document says about it. */
        DocumentSettingsView: {
            id: string;
            category: string | null;
            /**
             * Format: float
             * @description How much it counts beside the other documents; 1 is usual.
             */
            weight: number;
            /**
             * Format: uint32
             * @description Counts the changes; the entity tag for `If-Match`.
             */
            version: number;
        };
        /** @description Where a document stands on its way into answers. */
        DocumentStatus: ("queued" | "extracting" | "ready") | "embedding" | "failed";
        /** @description A document and where it stands on its way into answers. */
        DocumentView: {
            id: string;
            file_name: string;
            /** @description The document's own title, or its file name until it has been read. */
            title: string;
            media_type: string;
            /** Format: uint64 */
            size_bytes: number;
            status: components["schemas"]["DocumentStatus"];
            /**
             * Format: uint32
             * @description 0 to 100.
             */
            progress_percent: number;
            /** @description Why it failed and what to do; null otherwise. */
            error: string | null;
            /** @description What it is about, as its owner says. */
            category: string | null;
            /**
             * Format: float
             * @description How much it counts beside the other documents; 1 is usual.
             * @default 1
             */
            weight: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        DocumentsView: {
            /** Format: uint32 */
            ready: number;
            /** Format: uint32 */
            processing: number;
            /** Format: uint32 */
            failed: number;
        };
        EmailRequest: {
            email: string;
        };
        /** @description It says nothing about the address. */
        EmailRequestView: Record<string, never>;
        EmbeddingsState: "ok" | "loading" | "missing" | "failing" | "off";
        /** @description Whether texts are found by their meaning, too. */
        EmbeddingsView: {
            status: components["schemas"]["Health"];
            state: components["schemas"]["EmbeddingsState"];
            /** @description The model in use; null without one. */
            model: string | null;
            /** @description What is the matter and what to do; null when all is well. */
            detail: string | null;
        };
        /** @description Whether an answer is all of it. */
        Ending: "whole" | "stopped" | "cut";
        EraseRequest: {
            /** @description The client's name, as a proof that this very client is meant. */
            name: string;
        };
        /** @description What is being removed. */
        ErasureView: {
            /** @description The names of tables with the number of rows. */
            rows: {
                [key: string]: number;
            };
        };
        ExplainedMessage: {
            role: string;
            text: string;
        };
        ExplainedPrompt: {
            system: string;
            messages: components["schemas"]["ExplainedMessage"][];
            /** @description Whether the texts were too long to be kept whole. */
            is_cut: boolean;
        };
        /** @description The record of one turn. */
        Explanation: {
            /** @description What was looked for: the message, or the message with what it goes on from. */
            query: string;
            /** @description What was found, best first. */
            passages: components["schemas"]["FoundPassage"][];
            faqs: components["schemas"]["FoundFaq"][];
            /** @description In the order in which they were made. */
            decisions: components["schemas"]["Decision"][];
            /** @description What the model was sent; null where none was asked. */
            prompt: components["schemas"]["ExplainedPrompt"] | null;
            provider: string | null;
            model: string | null;
            usage: components["schemas"]["Usage"] | null;
            /**
             * Format: uint64
             * @description What the model's tokens cost by the settings' prices, in billionths of a US dollar: 0 where no model was asked,
             *     null where the model has no price, or nobody knows what it used up.
             * @default null
             */
            cost_nano_usd: number | null;
            timings: components["schemas"]["Timings"];
            /**
             * Format: uint32
             * @description How often the answer was made: more than once when a source changed in between.
             */
            tries: number;
        };
        /** @description What an export is written as. */
        ExportFormat: "json" | "jsonl" | "markdown" | "csv";
        /** @description A conversation with all that was said in it. [`Writer`] writes it in pieces; this is its schema. */
        ExportedConversation: {
            id: string;
            channel: components["schemas"]["Channel"];
            /** @description The beginning of what the visitor said first, at most 160 characters; null before anything was said. */
            opening: string | null;
            /** Format: uint32 */
            message_count: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_message_at: string;
            /** @description How it began; null where such details are not kept. */
            visit: components["schemas"]["VisitView"] | null;
            /** @description Who the visitor is; null as long as the client's website has named nobody. */
            visitor: components["schemas"]["VisitorView"] | null;
            /**
             * Format: date-time
             * @description When it was bookmarked, by whomever; null while it is not.
             */
            bookmarked_at: string | null;
            /**
             * Format: date-time
             * @description When it was put into the archive; null while it is not there. A visitor who writes again takes it out.
             */
            archived_at: string | null;
            /** @description Sorted without regard to case. */
            tags: string[];
            /**
             * Format: uint32
             * @description Counts the changes, messages among them; the entity tag for `If-Match`.
             */
            version: number;
            /** @description Oldest first. */
            messages: components["schemas"]["MessageView"][];
        };
        /** @description A change of some fields; what is left out stays as it is. */
        FaqPatch: {
            question?: string | null;
            answer?: string | null;
            /** @description Takes the place of all phrasings. */
            phrasings?: string[] | null;
            /**
             * @description `null` takes it away.
             * @default null
             */
            category: string | null;
            /**
             * @description `null` makes it answer in any language.
             * @default null
             */
            language: string | null;
            /**
             * Format: uint32
             * @description 0 to 100.
             */
            priority?: number | null;
            /** @description `ready` takes a draft into use; it needs an answer. */
            status?: components["schemas"]["FaqStatus"] | null;
            enabled?: boolean | null;
        };
        /** @description Whether an FAQ is finished. */
        FaqStatus: "ready" | "draft";
        /** @description A question with its answer. */
        FaqView: {
            id: string;
            question: string;
            /** @description Empty in a draft that nobody has answered yet. */
            answer: string;
            /** @description Other ways to ask the same. */
            phrasings: string[];
            category: string | null;
            /** @description Questions in another language are not answered by it. */
            language: string | null;
            /**
             * Format: uint32
             * @description Decides between FAQs that fit equally well; the higher wins.
             */
            priority: number;
            /** @description A `draft` was proposed from what visitors asked in vain: it is not used before it is made `ready`. */
            status: components["schemas"]["FaqStatus"];
            /** @description Whether it is used in answers. */
            enabled: boolean;
            /**
             * Format: uint64
             * @description Answers that it gave.
             */
            uses: number;
            /** Format: date-time */
            last_used_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: uint32
             * @description Counts the changes; the entity tag for `If-Match`.
             */
            version: number;
        };
        /** @description One field that is wrong. */
        FieldError: {
            /** @description RFC 6901 pointer into the request body, or `/name` of a query parameter. */
            pointer: string;
            /** @description What is wrong with it, and what is accepted. */
            detail: string;
        };
        /** @description Whoever sees assigned clients only gets the figures of those. */
        FiguresView: {
            clients: components["schemas"]["ClientCountsView"];
            /**
             * Format: uint32
             * @description Conversations of live clients with a message in the last thirty days.
             */
            conversations_30d: number;
            /**
             * Format: uint32
             * @description What visitors of live clients asked in the last thirty days.
             */
            messages_30d: number;
            /**
             * Format: uint32
             * @description Questions to live clients that nothing answered, and that nobody has looked at.
             */
            unanswered_open: number;
        };
        FoundFaq: {
            faq_id: string;
            question: string;
            /**
             * Format: float
             * @description Of the keywords: BM25.
             */
            score: number;
            /**
             * Format: float
             * @description Of the meaning: the cosine; null without a model.
             */
            similarity: number | null;
            /**
             * Format: float
             * @description How likely it holds the answer, 0 to 1.
             */
            confidence: number;
            /** @description Whether the answer cites it. */
            is_cited: boolean;
        };
        FoundPassage: {
            chunk_id: string;
            document_id: string;
            title: string;
            headings: string[];
            /**
             * Format: uint32
             * @description Counted from 1; null where its document has no pages.
             * @default null
             */
            page: number | null;
            /**
             * Format: float
             * @description Of the keywords: BM25.
             */
            score: number;
            /**
             * Format: float
             * @description Of the meaning: the cosine; null without a model.
             */
            similarity: number | null;
            /**
             * Format: float
             * @description How likely it holds the answer, 0 to 1.
             */
            confidence: number;
            /** @description Whether the answer cites it. */
            is_cited: boolean;
        };
        GapPatch: {
            status: components["schemas"]["GapStatus"];
        };
        /** @description What became of a question. */
        GapStatus: "open" | "resolved" | "dismissed";
        /** @description A question that nothing answered. Questions that differ in case and punctuation only are one. */
        GapView: {
            id: string;
            /** @description As it was asked first; null once it was erased. */
            question: string | null;
            status: components["schemas"]["GapStatus"];
            /** Format: uint32 */
            times_asked: number;
            /** Format: date-time */
            last_asked_at: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: uint32
             * @description Counts the changes.
             */
            version: number;
        };
        /** @description How something is. */
        Health: ("ok" | "failed") | "degraded";
        HistoryView: {
            /** @description Null when nothing was said yet. */
            conversation_id: string | null;
            items: components["schemas"]["MessageView"][];
            /** @description Asks for older messages; null on the last page. */
            next_cursor: string | null;
            /** @description The answer that is being made now; follow its events. */
            open_message_id: string | null;
        };
        IdentifiedView: {
            /** @description Send this one from now on. */
            session: string;
            /** @description The conversation that goes on: the newest of this visitor's; null when there is none yet. */
            conversation_id: string | null;
        };
        /** @description Fields that are not known are ignored: older widgets stay cached. */
        IdentifyRequest: {
            client_id: string;
            /** @description The visitor's session, if there is one: its conversation becomes the named visitor's. */
            session?: string | null;
            /** @description The user's id on the client's website, up to 255 characters. */
            user_id: string;
            /**
             * @description HMAC-SHA-256 of the user's id under the client's identity secret, as hexadecimal. Made by the website's
             *     server, never in a page.
             */
            hmac: string;
            name?: string | null;
            email?: string | null;
        };
        InboxEventView: {
            /** @description `inbox_` and its number here. */
            id: string;
            /** @description Which vendor delivered it. */
            provider: string;
            /** @description The vendor's id of it: a second delivery of the same is not a second event. */
            event_id: string;
            /** @description The vendor's type of it, such as `invoice.paid`. */
            kind: string;
            mode: components["schemas"]["InboxMode"];
            /** @description The connected account that it comes from; null for the account that the endpoint belongs to. */
            account: string | null;
            state: components["schemas"]["InboxState"];
            /** @description Why it does not count here; null when it does. */
            flag: components["schemas"]["InboxFlag"] | null;
            /** Format: uint32 */
            attempts: number;
            /** Format: date-time */
            received_at: string;
            last_error: string | null;
        };
        /**
         * @description Why an event does not count here. It is kept and shown, and never handled.
         * @enum {string}
         */
        InboxFlag: "other_mode" | "other_account";
        /**
         * @description Whether the vendor's account moves real money and real messages.
         * @enum {string}
         */
        InboxMode: "test" | "live";
        /** @description Where an event stands. */
        InboxState: "received" | "handled" | "ignored" | "dead";
        /** @description Everything that a version holds. What is left out of a request is empty, or as the appliance's settings say. */
        Instructions: {
            /**
             * @description What the assistant is told about its task and its manner, up to 5,000 characters. May hold the variables
             *     `{{assistant}}`, `{{company}}`, `{{date}}` and `{{hours}}`.
             * @default
             */
            instructions: string;
            /**
             * @description The company's name as the assistant says it. Empty: the client's name.
             * @default
             */
            company_name: string;
            /**
             * @description When the company can be reached, in words. Stands for `{{hours}}`, and is told to the assistant in any case.
             * @default
             */
            opening_hours: string;
            /**
             * @description The zone of dates and times, such as `Europe/Berlin`.
             * @default UTC
             */
            time_zone: string;
            /**
             * @description One of the models that the appliance offers. Null: its usual one.
             * @default null
             */
            model: string | null;
            /**
             * @description How freely answers are worded, from 0 to 2. Null: as the appliance's settings say.
             * @default null
             */
            temperature: number | null;
            /**
             * Format: uint32
             * @description The longest answer in tokens, from 50 to 8,000. Null: as the appliance's settings say.
             * @default null
             */
            output_tokens_max: number | null;
        };
        /** @description What the assistant is told, with what may be chosen. */
        InstructionsView: {
            /**
             * @description What the assistant is told about its task and its manner, up to 5,000 characters. May hold the variables
             *     `{{assistant}}`, `{{company}}`, `{{date}}` and `{{hours}}`.
             * @default
             */
            instructions: string;
            /**
             * @description The company's name as the assistant says it. Empty: the client's name.
             * @default
             */
            company_name: string;
            /**
             * @description When the company can be reached, in words. Stands for `{{hours}}`, and is told to the assistant in any case.
             * @default
             */
            opening_hours: string;
            /**
             * @description The zone of dates and times, such as `Europe/Berlin`.
             * @default UTC
             */
            time_zone: string;
            /**
             * @description One of the models that the appliance offers. Null: its usual one.
             * @default null
             */
            model: string | null;
            /**
             * @description How freely answers are worded, from 0 to 2. Null: as the appliance's settings say.
             * @default null
             */
            temperature: number | null;
            /**
             * Format: uint32
             * @description The longest answer in tokens, from 50 to 8,000. Null: as the appliance's settings say.
             * @default null
             */
            output_tokens_max: number | null;
            /**
             * Format: uint32
             * @description Counts the versions; 0 before the first. The entity tag for `If-Match`.
             */
            version: number;
            /**
             * Format: date-time
             * @description When it was saved; null before the first version.
             */
            created_at: string | null;
            /** @description The models that `model` may name, the usual one first. Empty without a language model. */
            models: string[];
            /** @description The names that may stand between `{{` and `}}`. */
            variables: string[];
        };
        /** @description What an invitation is about. */
        InvitationView: {
            /** @description The name of the agency or of the client. */
            organisation: string;
            role: components["schemas"]["Role2"];
            email: string;
            /** @description Who invites. */
            inviter: string;
            message: string | null;
            /** @description Whether the address has a login already: its person keeps their name. */
            is_known: boolean;
        };
        JobView: {
            id: string;
            kind: string;
            client_id: string | null;
            state: components["schemas"]["JobViewState"];
            /** Format: uint32 */
            attempts: number;
            /** Format: date-time */
            run_at: string;
            last_error: string | null;
        };
        /**
         * @description How a job stands.
         * @enum {string}
         */
        JobViewState: "waiting" | "running" | "done" | "failed" | "cancelled";
        /** @description For whom a key can be made. */
        KeyClaimView: {
            client_name: string;
            agency_name: string;
            /** @description Where the link was mailed to. */
            email: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** @description A mail's state, or none. */
        KeyMailState: ("none" | "queued" | "delivered" | "failed" | "suppressed") | "sent" | "simulated";
        /** @description How the mail with the client's key stands. */
        KeyMailView: {
            /** @description `none` where none was asked for. */
            state: components["schemas"]["KeyMailState"];
            /** @description Where it went; where there is none, the client's address, to which it would go. */
            to: string;
            /** @description Null where there is none, and once it was forgotten. */
            mail_id: string | null;
            last_error: string | null;
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            sent_at: string | null;
            /**
             * Format: date-time
             * @description Until when its link opens.
             */
            expires_at: string | null;
            /**
             * Format: date-time
             * @description When its link was used: the client has its key.
             */
            claimed_at: string | null;
        };
        KeyRequest: {
            api_key: string;
        };
        KeyRequest2: {
            /** @description What it is for. */
            name: string;
            /** @description What it may do; left out: everything that a key can. */
            scopes?: components["schemas"]["KeyScope"][] | null;
        };
        /**
         * @description What a key may do.
         * @enum {string}
         */
        KeyScope: "knowledge_read" | "knowledge_write" | "settings_read" | "settings_write" | "conversations_read" | "conversations_write" | "usage_read" | "search";
        KeyView: {
            id: string;
            name: string;
            /** @description Its beginning, to tell it from others. */
            prefix: string;
            scopes: components["schemas"]["KeyScope"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_used_at: string | null;
            /** Format: date-time */
            expires_at: string | null;
        };
        LinkRequest: {
            /** @description What stands behind `#/sign-in/` in the link. */
            token: string;
        };
        /** @description One page of a list, newest first. */
        ListOfAgencyKeyView: {
            items: components["schemas"]["AgencyKeyView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfAuditView: {
            items: components["schemas"]["AuditView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfBillingContactView: {
            items: components["schemas"]["BillingContactView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfClientView: {
            items: components["schemas"]["ClientView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfConversationView: {
            items: components["schemas"]["ConversationView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfDocumentView: {
            items: components["schemas"]["DocumentView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfFaqView: {
            items: components["schemas"]["FaqView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfGapView: {
            items: components["schemas"]["GapView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfInboxEventView: {
            items: components["schemas"]["InboxEventView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfJobView: {
            items: components["schemas"]["JobView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfKeyView: {
            items: components["schemas"]["KeyView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfMailView: {
            items: components["schemas"]["MailView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfMemberView: {
            items: components["schemas"]["MemberView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfMessageView: {
            items: components["schemas"]["MessageView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfSessionLineView: {
            items: components["schemas"]["SessionLineView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfShareView: {
            items: components["schemas"]["ShareView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfTagUseView: {
            items: components["schemas"]["TagUseView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description One page of a list, newest first. */
        ListOfVersionView: {
            items: components["schemas"]["VersionView"][];
            /** @description Asks for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description How a mail stands. */
        MailState: ("queued" | "sent" | "delivered" | "failed" | "suppressed") | "simulated";
        MailView: {
            id: string;
            /** @description Empty once it was erased, like the subject. */
            to: string;
            subject: string;
            purpose: string;
            state: components["schemas"]["MailState"];
            /** Format: uint32 */
            attempts: number;
            /** Format: date-time */
            created_at: string;
            last_error: string | null;
        };
        /** @description How search by meaning stands. */
        MeaningView: {
            /** @description `unused`, `answering`, `building` or `without_model`. */
            state: string;
            /** Format: uint64 */
            done: number;
            /** Format: uint64 */
            total: number;
        };
        /** @description A change of somebody of a client; what is left out stays. */
        MemberChange: {
            role?: components["schemas"]["Role"] | null;
            /** @description `active` or `off`. */
            state?: components["schemas"]["MemberState"] | null;
        };
        /** @description Somebody who is to be invited into a client. */
        MemberRequest: {
            email: string;
            role: components["schemas"]["Role"];
            message?: string | null;
        };
        /** @description How a membership stands. */
        MemberState: ("invited" | "active") | "off";
        /** @description Somebody of the agency or of a client. */
        MemberView: {
            id: string;
            /** @description Null while they are invited, like the name. */
            person_id: string | null;
            name: string | null;
            email: string;
            role: components["schemas"]["Role2"];
            state: components["schemas"]["MemberState"];
            /** Format: date-time */
            invited_at: string;
            /**
             * Format: date-time
             * @description Of the invitation; null once it was accepted.
             */
            expires_at: string | null;
            /** Format: date-time */
            last_seen_at: string | null;
            /** @description The clients that somebody of the agency sees; null: all of them. */
            client_ids: string[] | null;
        };
        /**
         * @description Where a membership is.
         * @enum {string}
         */
        MembershipKind: "agency" | "client";
        /** @description A place in the agency or in a client. */
        MembershipView: {
            /** @description Null for a session that was made from a key. */
            id: string | null;
            kind: components["schemas"]["MembershipKind"];
            /** @description Null in the agency. */
            client_id: string | null;
            client_name: string | null;
            /** @description Who looks after the client; null in the agency. `permissions` hold what that leaves. */
            service: components["schemas"]["Service"] | null;
            /** @description `key` for a session that was made from a key. */
            role: string;
            permissions: components["schemas"]["Permission"][];
            /** @description Whether it reaches assigned clients only. */
            is_limited: boolean;
        };
        /** @description One utterance. */
        MessageView: {
            id: string;
            role: components["schemas"]["RoleView"];
            text: string;
            citations: components["schemas"]["CitationView"][];
            /** @description What an answer was made from; null for a visitor's message. */
            answered_by: components["schemas"]["AnsweredBy"] | null;
            /** @description Whether an answer is all of it; null for a visitor's message. */
            ending: components["schemas"]["Ending"] | null;
            /** Format: date-time */
            created_at: string;
        };
        /** @description What an FAQ is made from. */
        NewFaq: {
            /** @description As a visitor would ask it, 1 to 500 characters. */
            question: string;
            /** @description Given to visitors word for word, 1 to 5,000 characters. */
            answer: string;
            /**
             * @description Other ways to ask the same, up to 20.
             * @default []
             */
            phrasings: string[];
            /**
             * @description What it is about, 1 to 100 characters.
             * @default null
             */
            category: string | null;
            /**
             * @description Questions in another language are not answered by it. Default: any language.
             * @default null
             */
            language: string | null;
            /**
             * Format: uint32
             * @description Decides between FAQs that fit equally well, 0 to 100; the higher wins. Default: 0.
             */
            priority?: number;
            /**
             * @description Whether it is used in answers. Default: true.
             * @default true
             */
            enabled: boolean;
        };
        /** @description A link to be made. */
        NewShareRequest: {
            /**
             * Format: uint32
             * @description 1 to 365 days from now.
             */
            expires_in_days: number;
            /** @description 8 to 128 characters that whoever opens the link is asked for; none without it. */
            password?: string | null;
        };
        OverviewView: {
            checklist: components["schemas"]["StepView"][];
            /** Format: uint32 */
            messages_7d: number;
            /** Format: uint32 */
            conversations_7d: number;
            /**
             * Format: uint32
             * @description Questions that nothing answered, and that nobody has looked at.
             */
            unanswered_open: number;
            documents: components["schemas"]["DocumentsView"];
            meaning: components["schemas"]["MeaningView"];
        };
        /** @description One thing that a person may do. */
        Permission: ("clients:read" | "clients:write" | "members:read" | "members:write" | "knowledge:read" | "knowledge:write" | "conversations:read" | "conversations:write" | "settings:read" | "settings:write" | "keys:read" | "keys:write" | "staff:write" | "jobs:read" | "jobs:write" | "mails:read" | "mails:write" | "audit:read") | "results:read" | "client:own" | "agency_keys:write" | "staff:read" | "agency:own";
        PersonPatch: {
            name: string;
        };
        PersonView: {
            id: string;
            name: string;
            email: string;
        };
        /**
         * @description The same for pages that let nothing change without their doing. An upgrade does not reach them; renew the line
         *     within 400 days of one.
         */
        PinnedView: {
            html: string;
            /** @description The script's address: its content never changes. */
            url: string;
            /** @description Its hash, as the attribute `integrity` takes it. */
            integrity: string;
        };
        /** @description How an account began that somebody opened with a verified address. */
        Plan: "trial" | "free";
        /** @description Where on the page the widget stands. */
        Position: ("bottom-right" | "bottom-left" | "top-right" | "top-left") | "center";
        /** @description The wire form of a problem. */
        Problem: {
            /** @description A relative reference to the page about this kind of problem. */
            type: string;
            /** @description The same words for every problem of this kind. */
            title: string;
            /**
             * Format: uint16
             * @description The HTTP status, repeated.
             */
            status: number;
            /**
             * @description The stable name to branch on.
             * @enum {string}
             */
            code: "invalid_request" | "signature_refused" | "validation_failed" | "not_found" | "method_not_allowed" | "request_timeout" | "payload_too_large" | "uri_too_long" | "unsupported_media_type" | "unsupported_file" | "headers_too_large" | "unauthorized" | "session_missing" | "code_invalid" | "link_invalid" | "key_invalid" | "csrf_refused" | "insecure_site" | "forbidden" | "origin_refused" | "session_invalid" | "identity_refused" | "setup_link_invalid" | "client_inactive" | "stale_version" | "wrong_state" | "idempotency_key_reused" | "rate_limited" | "quota_reached" | "internal" | "not_ready" | "timeout" | "interrupted" | "disk_full";
            /** @description What happened this time, and what to do. */
            detail?: string | null;
            /** @description What to quote when asking for help. */
            request_id: string;
            /** @description The fields that are wrong. */
            errors?: components["schemas"]["FieldError"][];
        };
        /** @description The names that the dashboard goes by. */
        ProductView: {
            name: string;
            /** @description Where people ask for help; may be empty. */
            support_email: string;
        };
        /** @description What a client is there for. */
        Purpose: "live" | "demo" | "test";
        ReadyView: {
            /** @description `failed` with status 503: not to be served from. */
            status: components["schemas"]["Health"];
            version: string;
            database: components["schemas"]["ComponentView"];
            index: components["schemas"]["ComponentView"];
            /** @description `degraded` while vectors are made or their model is away: answers come from keywords meanwhile. */
            vectors: components["schemas"]["ComponentView"];
            disk: components["schemas"]["ComponentView"];
            queues: components["schemas"]["ComponentView"];
            /** @description `degraded` when those that are made by themselves fail, are late, or do not come back whole. */
            backups: components["schemas"]["ComponentView"];
            embeddings: components["schemas"]["EmbeddingsView"];
        };
        /** @description It says nothing about the address. */
        RequestedView: Record<string, never>;
        /** @description A passage that fits. */
        ResultView: {
            document_id: string;
            chunk_id: string;
            /**
             * Format: float
             * @description Of keywords and meaning together: comparable within one answer only.
             */
            score: number;
            /**
             * Format: float
             * @description How likely it is that the passage holds the answer, 0 to 1.
             */
            confidence: number;
            text: string;
            /**
             * Format: uint32
             * @description Counted from 1, where the format has pages.
             */
            page: number | null;
            /** @description The headings above, outermost first, joined by ` › `. */
            heading: string | null;
            title: string;
        };
        /**
         * @description What a person is there. Which roles a place has stands in the matrix.
         * @enum {string}
         */
        Role: "owner" | "admin" | "account_manager" | "content_specialist" | "manager" | "member";
        /**
         * @description What a person is there. Which roles a place has stands in the matrix.
         * @enum {string}
         */
        Role2: "owner" | "admin" | "account_manager" | "content_specialist" | "manager" | "member";
        /**
         * @description Who spoke.
         * @enum {string}
         */
        RoleView: "visitor" | "assistant";
        /** @description Which version to go back to. */
        Rollback: {
            /** Format: uint32 */
            version: number;
        };
        SearchRequest: {
            /** @description 1 to 4,000 characters. */
            query: string;
            /**
             * Format: uint32
             * @description How many results at most: 10 by default; more than 50 is taken as 50.
             */
            k?: number | null;
            /** @description Only in documents of exactly this category. */
            category?: string | null;
        };
        SearchView: {
            results: components["schemas"]["ResultView"][];
        };
        /** @description Who looks after the assistant. */
        Service: "self_serve" | "managed";
        /** @description A device on which the person is signed in. */
        SessionLineView: {
            id: string;
            device: string;
            /** @description Of the network. */
            address: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_seen_at: string;
            is_current: boolean;
        };
        /** @description Who is signed in. */
        SessionView: {
            /** @description Null for a session that was made from a key. */
            person: components["schemas"]["PersonView"] | null;
            /** @description Goes along with each write, as `X-CSRF-Token`. */
            csrf_token: string;
            /** Format: date-time */
            expires_at: string;
            product: components["schemas"]["ProductView"];
            agency: components["schemas"]["AgencyView"] | null;
            /** @description What the person may do where. */
            memberships: components["schemas"]["MembershipView"][];
            /** @description Whether whoever listens on the way can see all this: plain http, which the operator has allowed. */
            is_insecure: boolean;
        };
        /** @description A change of some settings; what is left out stays as it is. */
        SettingsPatch: {
            /** @description The assistant's name in the widget, up to 100 characters. Empty: the appliance's default. */
            widget_name?: string | null;
            /** @description What the assistant says when the widget opens, up to 1,000 characters. */
            welcome?: string | null;
            /** @description The hint in the empty message field, up to 255 characters. */
            placeholder?: string | null;
            /** @description Up to six questions that a visitor can send with one click. */
            suggestions?: string[] | null;
            /** @description Where the colours come from: `light`, `dark`, `auto` (as the visitor's system is set), `custom`. */
            theme?: components["schemas"]["Theme"] | null;
            /** @description The colour of buttons, header and the visitor's messages, as `#rrggbb`. */
            accent_color?: string | null;
            /** @description The background, in the custom theme. */
            background_color?: string | null;
            /** @description The text, in the custom theme. */
            text_color?: string | null;
            /** @description What the assistant's messages stand on, in the custom theme. */
            bubble_color?: string | null;
            /** @description Where the widget stands on the page. */
            position?: components["schemas"]["Position"] | null;
            /** @description The width of the open chat, 200 to 800; on a small screen it takes what there is. */
            width_px?: number | null;
            /** @description The height of the open chat, 300 to 1,000; on a small screen it takes what there is. */
            height_px?: number | null;
            /**
             * @description A style sheet for the inside of the widget, up to 10,000 characters. It reaches nothing outside and loads
             *     nothing from elsewhere.
             */
            custom_css?: string | null;
            /** @description The https address of a logo; takes an uploaded one away. Empty: no logo from an address. */
            logo_url?: string | null;
            /** @description The language of the documents: decides how words are reduced to their stems. */
            language?: string | null;
            /**
             * @description The hosts on which the widget may stand, such as `example.com`, `*.example.com`, `example.com:8443`.
             *     Empty: any.
             */
            allowed_domains?: string[] | null;
            /** @description Whether the page, the referrer, the language and the kind of device are kept with each conversation. */
            keep_visit_details?: boolean | null;
        };
        /** @description A link with which a conversation is read without signing in. */
        ShareView: {
            id: string;
            /** @description Whoever has it reads what was said until `created_at`, at most the last 500 messages. */
            url: string;
            has_password: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
        };
        SignInRequest: {
            email: string;
        };
        /** @description It says nothing about the address. */
        SignInView: Record<string, never>;
        /** @description The account that a link opens. */
        SignUpLinkView: {
            email: string;
            name: string;
            business: string;
            agency_name: string;
            /**
             * Format: uint32
             * @description Null: the account is free, without an end.
             */
            trial_days: number | null;
        };
        SignUpRequest: {
            email: string;
            /** @description How the person wants to be called. */
            name: string;
            business: string;
        };
        /** @description Whether accounts can be opened here. */
        SignUpView: {
            is_open: boolean;
            agency_name: string;
            /**
             * Format: uint32
             * @description Null: an account is free, without an end.
             */
            trial_days: number | null;
        };
        SnippetView: {
            /** @description Goes before `</body>` of each page. The widget is always the newest. */
            html: string;
            pinned: components["schemas"]["PinnedView"];
            /**
             * @description For the website's server, which names its signed-in users with it: HMAC-SHA-256 of the user's id under this
             *     text, as hexadecimal. Keep it out of pages.
             */
            identity_secret: string;
        };
        /** @description A change of somebody of the agency; what is left out stays. */
        StaffChange: {
            role?: components["schemas"]["Role"] | null;
            /** @description `active` or `off`. */
            state?: components["schemas"]["MemberState"] | null;
            /**
             * @description The clients that they see; null: all of them.
             * @default null
             */
            client_ids: string[] | null;
        };
        /** @description Somebody who is to be invited into the agency. */
        StaffRequest: {
            email: string;
            role: components["schemas"]["Role"];
            message?: string | null;
            /** @description The clients that they see; null or left out: all of them. */
            client_ids?: string[] | null;
        };
        /** @description What makes an assistant a good one, in the order in which it is done. */
        Step: "document" | "faq" | "look" | "domain" | "seen" | "asked" | "colleague";
        StepView: {
            id: components["schemas"]["Step"];
            is_done: boolean;
        };
        /** @description Fields that are not known are ignored: older widgets stay cached. */
        StopRequest: {
            /** @description The visitor's session; may be sent as `X-Session` instead. */
            session?: string | null;
        };
        StopView: {
            message_id: string;
            /** @description Whether the answer was still being made; otherwise it is what it was. */
            was_running: boolean;
        };
        /** @description A tag and how many conversations have it. */
        TagUseView: {
            tag: string;
            /** Format: uint32 */
            conversations: number;
        };
        TemplateView: {
            /** @description `dental_practice` */
            trade: string;
            title: string;
            instructions: string;
        };
        /** @description Texts to begin with. */
        TemplatesView: {
            items: components["schemas"]["TemplateView"][];
        };
        TestRequest: {
            message: string;
            /** @description Of an earlier test, to go on in it. A visitor's conversation is none. */
            conversation_id?: string | null;
        };
        /** @description Where the widget's colours come from. */
        Theme: ("light" | "dark") | "auto" | "custom";
        /** @description Milliseconds of each beat; null where there was none. */
        Timings: {
            /**
             * Format: double
             * @description Context and retrieval.
             */
            prepare_ms: number | null;
            /**
             * Format: double
             * @description From the call to the first text.
             */
            first_text_ms: number | null;
            /**
             * Format: double
             * @description From the call to the last text.
             */
            generate_ms: number | null;
            /**
             * Format: double
             * @description From the stored message until the answer was ready to be stored.
             */
            answer_ms: number | null;
        };
        /** @description A document after an upload. */
        UploadView: {
            id: string;
            file_name: string;
            /** @description The document's own title, or its file name until it has been read. */
            title: string;
            media_type: string;
            /** Format: uint64 */
            size_bytes: number;
            status: components["schemas"]["DocumentStatus"];
            /**
             * Format: uint32
             * @description 0 to 100.
             */
            progress_percent: number;
            /** @description Why it failed and what to do; null otherwise. */
            error: string | null;
            /** @description What it is about, as its owner says. */
            category: string | null;
            /**
             * Format: float
             * @description How much it counts beside the other documents; 1 is usual.
             * @default 1
             */
            weight: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description Whether the client had this file already, under whatever name: then this is the document that holds it. */
            is_duplicate: boolean;
        };
        /** @description What a model used up. */
        Usage: {
            /** Format: uint64 */
            input_tokens: number;
            /** Format: uint64 */
            output_tokens: number;
            source: components["schemas"]["UsageSource"];
        };
        /** @description Who counted the tokens. */
        UsageSource: "provider" | "estimate";
        /** @description Counted from the rows themselves, so nothing is ever reset. */
        UsageView: {
            /**
             * Format: date-time
             * @description The first instant of this month in UTC.
             */
            period_started_at: string;
            /**
             * Format: uint32
             * @description Conversations with a message since then.
             */
            conversations: number;
            /** Format: uint32 */
            visitor_messages: number;
            /** Format: uint32 */
            assistant_messages: number;
            /**
             * Format: uint32
             * @description Documents in any state.
             */
            documents: number;
            /**
             * Format: uint64
             * @description Bytes of the uploaded files.
             */
            document_bytes: number;
            /**
             * Format: uint32
             * @description Pieces that can be cited.
             */
            chunks: number;
            /** Format: uint32 */
            faqs: number;
        };
        /** @description One version. */
        VersionView: {
            id: string;
            /**
             * @description What the assistant is told about its task and its manner, up to 5,000 characters. May hold the variables
             *     `{{assistant}}`, `{{company}}`, `{{date}}` and `{{hours}}`.
             * @default
             */
            instructions: string;
            /**
             * @description The company's name as the assistant says it. Empty: the client's name.
             * @default
             */
            company_name: string;
            /**
             * @description When the company can be reached, in words. Stands for `{{hours}}`, and is told to the assistant in any case.
             * @default
             */
            opening_hours: string;
            /**
             * @description The zone of dates and times, such as `Europe/Berlin`.
             * @default UTC
             */
            time_zone: string;
            /**
             * @description One of the models that the appliance offers. Null: its usual one.
             * @default null
             */
            model: string | null;
            /**
             * @description How freely answers are worded, from 0 to 2. Null: as the appliance's settings say.
             * @default null
             */
            temperature: number | null;
            /**
             * Format: uint32
             * @description The longest answer in tokens, from 50 to 8,000. Null: as the appliance's settings say.
             * @default null
             */
            output_tokens_max: number | null;
            /** Format: uint32 */
            version: number;
            /**
             * Format: uint32
             * @description The version that was written anew here; null for a text of its own.
             */
            restored_version: number | null;
            /** Format: date-time */
            created_at: string;
        };
        /** @description How a visitor came to the widget. */
        VisitView: {
            /** @description Without its query. */
            page_url: string | null;
            /** @description Without its query. */
            referrer: string | null;
            language: string | null;
            device: components["schemas"]["Device"] | null;
        };
        /** @description A visitor whom the client's website has named. */
        VisitorView: {
            user_id: string;
            name: string | null;
            email: string | null;
        };
        WholeInboxEventView: {
            /** @description `inbox_` and its number here. */
            id: string;
            /** @description Which vendor delivered it. */
            provider: string;
            /** @description The vendor's id of it: a second delivery of the same is not a second event. */
            event_id: string;
            /** @description The vendor's type of it, such as `invoice.paid`. */
            kind: string;
            mode: components["schemas"]["InboxMode"];
            /** @description The connected account that it comes from; null for the account that the endpoint belongs to. */
            account: string | null;
            state: components["schemas"]["InboxState"];
            /** @description Why it does not count here; null when it does. */
            flag: components["schemas"]["InboxFlag"] | null;
            /** Format: uint32 */
            attempts: number;
            /** Format: date-time */
            received_at: string;
            last_error: string | null;
            /** @description What was delivered, as the vendor wrote it; null once it was erased. */
            payload: string | null;
        };
        WholeMailView: {
            id: string;
            /** @description Empty once it was erased, like the subject. */
            to: string;
            subject: string;
            purpose: string;
            state: components["schemas"]["MailState"];
            /** Format: uint32 */
            attempts: number;
            /** Format: date-time */
            created_at: string;
            last_error: string | null;
            text: string;
            html: string;
        };
        /** @description What a widget is made with. An empty text means the widget's own default. */
        WidgetConfigView: {
            client_id: string;
            /** @description The assistant's name. */
            name: string;
            welcome: string;
            placeholder: string;
            suggestions: string[];
            theme: components["schemas"]["Theme"];
            /** @description `#rrggbb` */
            accent_color: string;
            /** @description In the custom theme; the others have their own. */
            background_color: string;
            text_color: string;
            bubble_color: string;
            position: components["schemas"]["Position"];
            /** Format: uint32 */
            width_px: number;
            /** Format: uint32 */
            height_px: number;
            custom_css: string;
            /** @description Null where there is no logo. */
            logo_url: string | null;
            /** @description A language tag (BCP 47). */
            language: string;
            /**
             * Format: uint
             * @description The longest message, in Unicode scalars.
             */
            message_chars_max: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
        };
    };
    chat: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatRequest"];
            };
        };
        responses: {
            /** @description The answer; as a stream with `Accept: text/event-stream`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatView"];
                    "text/event-stream": string;
                };
            };
        };
    };
    followAnswer: {
        parameters: {
            query?: {
                /** @description The visitor's session, where the header `X-Session` cannot be sent. */
                session?: string | null;
            };
            header?: never;
            path: {
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    stopAnswer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                message_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StopRequest"];
            };
        };
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StopView"];
                };
            };
        };
    };
    getHistory: {
        parameters: {
            query: {
                client_id: string;
                /** @description The visitor's session, where the header `X-Session` cannot be sent. */
                session?: string | null;
                /** @description Messages on a page: 50 by default; more than 100 is taken as 100. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the newest messages. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryView"];
                };
            };
        };
    };
    identify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdentifyRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentifiedView"];
                };
            };
        };
    };
    getWidgetConfig: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WidgetConfigView"];
                };
            };
        };
    };
    getWidgetLogo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client_id: string;
                hash: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
        };
    };
    isAlive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AliveView"];
                };
            };
        };
    };
    isDatabaseUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All is well. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AliveView"];
                };
            };
        };
    };
    isReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All is well. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyView"];
                };
            };
        };
    };
    listDocuments: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfDocumentView"];
                };
            };
        };
    };
    uploadDocument: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeated request answer as the first one did, for a day. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** @description The file, with its name. */
                    file: string;
                };
            };
        };
        responses: {
            /** @description It was there already; nothing was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadView"];
                };
            };
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadView"];
                };
            };
        };
    };
    getDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentView"];
                };
            };
        };
    };
    deleteDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeDocument: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read; an edit of an older version is refused. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DocumentPatch"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentSettingsView"];
                };
            };
        };
    };
    getDocumentText: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
        };
    };
    downloadDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file as it was uploaded. */
            200: {
                headers: {
                    /** @description The file's name. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
        };
    };
    retryDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentView"];
                };
            };
        };
    };
    cancelDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentView"];
                };
            };
        };
    };
    listFaqs: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
                /** @description Only those of exactly this category. */
                category?: string | null;
                /** @description Only those that are in use, or only those that are not. */
                enabled?: boolean | null;
                /** @description Only those for this language. */
                language?: string | null;
                /**
                 * @description Only drafts, or only finished ones. Drafts are proposed from questions that three conversations asked in vain,
                 *     each question once: a draft that is deleted does not come again. What looks like an e-mail address or a
                 *     telephone number is never proposed.
                 */
                status?: components["schemas"]["FaqStatus"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfFaqView"];
                };
            };
        };
    };
    createFaq: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repeated request answer as the first one did, for a day. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFaq"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    /** @description Path of the new object. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FaqView"];
                };
            };
        };
    };
    getFaq: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FaqView"];
                };
            };
        };
    };
    deleteFaq: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeFaq: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read; an edit of an older version is refused. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FaqPatch"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FaqView"];
                };
            };
        };
    };
    changeFaqs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkView"];
                };
            };
        };
    };
    listGaps: {
        parameters: {
            query?: {
                /** @description Only those of this status. */
                status?: components["schemas"]["GapStatus"] | null;
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfGapView"];
                };
            };
        };
    };
    changeGap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GapPatch"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GapView"];
                };
            };
        };
    };
    getConfig: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigView"];
                };
            };
        };
    };
    changeConfig: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read; an edit of an older version is refused. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingsPatch"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigView"];
                };
            };
        };
    };
    uploadLogo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** @description The file, with its name. */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigView"];
                };
            };
        };
    };
    removeLogo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigView"];
                };
            };
        };
    };
    getInstructions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstructionsView"];
                };
            };
        };
    };
    saveInstructions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read; an edit of an older version is refused. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Instructions"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstructionsView"];
                };
            };
        };
    };
    listInstructionVersions: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfVersionView"];
                };
            };
        };
    };
    rollBackInstructions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read; an edit of an older version is refused. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rollback"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstructionsView"];
                };
            };
        };
    };
    listInstructionTemplates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplatesView"];
                };
            };
        };
    };
    search: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchView"];
                };
            };
        };
    };
    listConversations: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
                /** @description Words that stand in a message, or in the visitor's name or address, in whichever case. */
                q?: string | null;
                /** @description Begun at this moment or later. */
                since?: string | null;
                /** @description Begun before this moment. */
                until?: string | null;
                /** @description Whether those in the archive are among them: `exclude` by default. */
                archived?: components["schemas"]["Archived"] | null;
                /** @description Only those that are bookmarked, or only those that are not. */
                bookmarked?: boolean | null;
                /** @description Only those with exactly this tag, in whichever case. */
                tag?: string | null;
                channel?: components["schemas"]["Channel"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfConversationView"];
                };
            };
        };
    };
    getConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationView"];
                };
            };
        };
    };
    deleteConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeConversation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read; an edit of an older version is refused. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConversationPatch"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationView"];
                };
            };
        };
    };
    listMessages: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfMessageView"];
                };
            };
        };
    };
    explainAnswer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
        };
    };
    changeConversations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkConversationsRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkConversationsView"];
                };
            };
        };
    };
    listConversationTags: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfTagUseView"];
                };
            };
        };
    };
    exportConversations: {
        parameters: {
            query: {
                format: components["schemas"]["ExportFormat"];
                /** @description Up to 100 conversations, separated by commas; the filters do not count then. */
                ids?: string | null;
                /** @description Words that stand in a message, or in the visitor's name or address, in whichever case. */
                q?: string | null;
                /** @description Begun at this moment or later. */
                since?: string | null;
                /** @description Begun before this moment. */
                until?: string | null;
                /** @description Whether those in the archive are among them: `exclude` by default. */
                archived?: components["schemas"]["Archived"] | null;
                /** @description Only those that are bookmarked, or only those that are not. */
                bookmarked?: boolean | null;
                /** @description Only those with exactly this tag, in whichever case. */
                tag?: string | null;
                channel?: components["schemas"]["Channel"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    /** @description The file's name. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportedConversation"][];
                    "application/x-ndjson": string;
                    "text/markdown; charset=utf-8": string;
                    "text/csv; charset=utf-8": string;
                };
            };
        };
    };
    listShares: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfShareView"];
                };
            };
        };
    };
    createShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewShareRequest"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    /** @description Path of the new object. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareView"];
                };
            };
        };
    };
    revokeShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                share_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getUsage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageView"];
                };
            };
        };
    };
    getEmbedSnippet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SnippetView"];
                };
            };
        };
    };
    requestSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInView"];
                };
            };
        };
    };
    signInWithCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
        };
    };
    signInWithLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
        };
    };
    signInWithKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
        };
    };
    getSignUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignUpView"];
                };
            };
        };
    };
    requestSignUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignUpRequest"];
            };
        };
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestedView"];
                };
            };
        };
    };
    getSignUpLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignUpLinkView"];
                };
            };
        };
    };
    acceptSignUp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
        };
    };
    getInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationView"];
                };
            };
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
        };
    };
    getKeyClaim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyClaimView"];
                };
            };
        };
    };
    claimKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    /** @description Path of the new object. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClaimedKeyView"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfSessionLineView"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changePerson: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonPatch"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonView"];
                };
            };
        };
    };
    requestEmailChange: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailRequest"];
            };
        };
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmailRequestView"];
                };
            };
        };
    };
    confirmEmailChange: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonView"];
                };
            };
        };
    };
    getFigures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FiguresView"];
                };
            };
        };
    };
    listAgencyKeys: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfAgencyKeyView"];
                };
            };
        };
    };
    createAgencyKey: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgencyKeyRequest"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    /** @description Path of the new object. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedAgencyKeyView"];
                };
            };
        };
    };
    revokeAgencyKey: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listClients: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
                /** @description Part of the name or of the address. */
                q?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfClientView"];
                };
            };
        };
    };
    createClient: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientRequest"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    /** @description Path of the new object. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedClientView"];
                };
            };
        };
    };
    getClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientView"];
                };
            };
        };
    };
    changeClient: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
                /** @description The `ETag` of what was read; an edit of an older version is refused. */
                "If-Match"?: string;
            };
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version; send it back as `If-Match` with an edit. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientView"];
                };
            };
        };
    };
    getKeyMail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyMailView"];
                };
            };
        };
    };
    sendKeyMail: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyMailView"];
                };
            };
        };
    };
    suspendClient: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientView"];
                };
            };
        };
    };
    deactivateClient: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientView"];
                };
            };
        };
    };
    resumeClient: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientView"];
                };
            };
        };
    };
    eraseClient: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EraseRequest"];
            };
        };
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureView"];
                };
            };
        };
    };
    getOverview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverviewView"];
                };
            };
        };
    };
    listStaff: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfMemberView"];
                };
            };
        };
    };
    inviteStaff: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StaffRequest"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    /** @description Path of the new object. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
        };
    };
    removeStaff: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeStaff: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StaffChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
        };
    };
    inviteStaffAgain: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
        };
    };
    handAgencyOver: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
        };
    };
    listClientMembers: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfMemberView"];
                };
            };
        };
    };
    inviteMember: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberRequest"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    /** @description Path of the new object. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeMember: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
        };
    };
    inviteMemberAgain: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
        };
    };
    handClientOver: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
        };
    };
    listBillingContacts: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfBillingContactView"];
                };
            };
        };
    };
    addBillingContact: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BillingContactRequest"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    /** @description Path of the new object. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BillingContactView"];
                };
            };
        };
    };
    removeBillingContact: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfKeyView"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyRequest2"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    /** @description Path of the new object. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKeyView"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    testChat: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestRequest"];
            };
        };
        responses: {
            /** @description A stream of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    followClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
                state?: components["schemas"]["JobViewState"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfJobView"];
                };
            };
        };
    };
    retryJob: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
        };
    };
    listMails: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
                state?: components["schemas"]["MailState"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfMailView"];
                };
            };
        };
    };
    getMail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WholeMailView"];
                };
            };
        };
    };
    resendMail: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailView"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
                client_id?: string | null;
                /** @description Exactly this action, such as `member.changed`. */
                action?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfAuditView"];
                };
            };
        };
    };
    getBackups: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupsView"];
                };
            };
        };
    };
    makeBackup: {
        parameters: {
            query?: never;
            header: {
                /** @description The `csrf_token` of the session. */
                "X-CSRF-Token": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken on; the work goes on after the answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackupsView"];
                };
            };
        };
    };
    listInbox: {
        parameters: {
            query?: {
                /** @description Items on a page: 50 by default; more than 100 is taken as 100. */
                limit?: number | null;
                /** @description `next_cursor` of the page before. Leave it away for the first page. */
                cursor?: string | null;
                state?: components["schemas"]["InboxState"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOfInboxEventView"];
                };
            };
        };
    };
    getInboxEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `inbox_` and the event's number here. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WholeInboxEventView"];
                };
            };
        };
    };
}
