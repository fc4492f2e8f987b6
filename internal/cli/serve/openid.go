package serve

import (
	"github.com/spf13/cobra"

	"endstate/internal/web/openid"
	"endstate/internal/web/reach"
)

// variableSecret is the environment variable that may have the client's secret. There is no flag with the secret
// itself, because every user of a machine can see the arguments of its processes.
const variableSecret = "ENDSTATE_OIDC_SECRET"

func (o *options) openidFlags(c *cobra.Command) {
	c.Flags().StringVar(&o.openid.Issuer, "oidc-issuer", "", "the `address` of a provider of OpenID Connect, exactly as it names itself, where people can sign in, too")
	c.Flags().StringVar(&o.openid.Client, "oidc-client", "", "the `ID` of this server at the provider")
	c.Flags().StringVar(&o.openid.SecretFile, "oidc-secret-file", "", "the `file` of this server's secret at the provider; or the secret itself is in "+variableSecret)
	c.Flags().StringVar(&o.openid.Name, "oidc-name", "", "what people call the provider, for the `text` of its button (its host)")
	c.Flags().StringSliceVar(&o.openid.Domains, "oidc-domain", nil, "who signs in at the provider with a verified e-mail address at this `domain` becomes a learner without an invitation")
}

// provider returns the provider of OpenID Connect, or nil if there is none.
func (o *options) provider(way *reach.Reach) (*openid.Provider, error) {
	o.openid.Secret = o.Env(variableSecret)
	return openid.New(o.openid, way.Shared(), o.Clock)
}
